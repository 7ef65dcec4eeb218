// The driver converts: what it samples is R'G'B' already.
uniform mediump samplerExternalOES plane0;

vec3 color_sample() {
    return texture2D(plane0, LUMA).rgb;
}

uniform sampler2D plane0;

vec3 color_sample() {
    return vec3(LUMA_TEXEL(plane0).r, 0.0, 0.0);
}

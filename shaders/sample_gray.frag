uniform sampler2D plane0;

vec3 color_sample() {
    return vec3(texture2D(plane0, LUMA).r, 0.0, 0.0);
}

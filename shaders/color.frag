// To R'G'B', after a sampling chunk, in picture_color. ALPHA: straight alpha, shown over black.
uniform mat3 color_matrix;
uniform vec3 color_offset;
#if ALPHA
uniform float alpha_gain;  // from the texture's value to 0 to 1
#endif

void main() {
    vec3 color = color_matrix * color_sample() + color_offset;
#if ALPHA
    color = clamp(color, 0.0, 1.0) * min(alpha_sample() * alpha_gain, 1.0);
#endif
    picture_color = vec4(color, 1.0);
}

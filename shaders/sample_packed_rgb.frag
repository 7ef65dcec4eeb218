// COLOR_COMPONENTS, ALPHA_COMPONENT: where R, G, B and A are in a texel.
uniform sampler2D plane0;

#if ALPHA
// Read once: color_sample() comes first.
float packed_alpha;
float alpha_sample() {
    return packed_alpha;
}
#endif

vec3 color_sample() {
    vec4 texel = LUMA_TEXEL(plane0);
#if ALPHA
    packed_alpha = texel.ALPHA_COMPONENT;
#endif
    return texel.COLOR_COMPONENTS;
}

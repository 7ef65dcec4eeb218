// A texture per component: Y, Cb, Cr or R, G, B, and A.
uniform sampler2D plane0;
uniform sampler2D plane1;
uniform sampler2D plane2;

vec3 color_sample() {
    return vec3(LUMA_TEXEL(plane0).r, CHROMA_TEXEL(plane1).r, CHROMA_TEXEL(plane2).r);
}

#if ALPHA
uniform sampler2D plane3;

float alpha_sample() {
    return LUMA_TEXEL(plane3).r;
}
#endif

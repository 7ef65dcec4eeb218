// A texture per component: Y, Cb, Cr or R, G, B, and A.
uniform sampler2D plane0;
uniform sampler2D plane1;
uniform sampler2D plane2;

vec3 color_sample() {
    return vec3(texture2D(plane0, LUMA).r, texture2D(plane1, CHROMA).r,
                texture2D(plane2, CHROMA).r);
}

#if ALPHA
uniform sampler2D plane3;

float alpha_sample() {
    return texture2D(plane3, LUMA).r;
}
#endif

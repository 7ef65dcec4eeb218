// CHROMA_COMPONENTS: where Cb, Cr are in a texel of the second texture.
uniform sampler2D plane0;
uniform sampler2D plane1;

vec3 color_sample() {
    return vec3(LUMA_TEXEL(plane0).r, CHROMA_TEXEL(plane1).CHROMA_COMPONENTS);
}

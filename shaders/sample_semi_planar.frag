// CHROMA_COMPONENTS: where Cb, Cr are in a texel of the second texture.
uniform sampler2D plane0;
uniform sampler2D plane1;

vec3 color_sample() {
    return vec3(texture2D(plane0, LUMA).r, texture2D(plane1, CHROMA).CHROMA_COMPONENTS);
}

// One plane seen twice: as pairs at full width for luma, as quads at half width for chroma.
// LUMA_COMPONENT, CHROMA_COMPONENTS: where Y and Cb, Cr are in their texels.
uniform sampler2D plane0;
uniform sampler2D plane1;

vec3 color_sample() {
    return vec3(LUMA_TEXEL(plane0).LUMA_COMPONENT, CHROMA_TEXEL(plane1).CHROMA_COMPONENTS);
}

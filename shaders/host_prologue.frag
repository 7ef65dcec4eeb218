// In place of prologue.frag and color.frag's uniforms in the shader of a program that is not ours:
// its names are prefixed, until host_epilogue.frag, and what the uniforms of ours are is in an
// array. Where to sample is for the one that calls sample_video().
#if __VERSION__ >= 130
#define texture2D texture
#endif
#ifdef GL_ES
#ifdef GL_FRAGMENT_PRECISION_HIGH
precision highp float;
precision highp sampler2D;
#else
precision mediump float;
precision mediump sampler2D;
#endif
#endif

uniform vec4 vitrine_values[VALUE_COUNT];
#define plane0 vitrine_plane0
#define plane1 vitrine_plane1
#define plane2 vitrine_plane2
#define plane3 vitrine_plane3
#define color_sample vitrine_color_sample
#define alpha_sample vitrine_alpha_sample
#define packed_alpha vitrine_packed_alpha
#define mixed_words vitrine_mixed_words

vec2 vitrine_luma;
vec2 vitrine_chroma;
#define luma_texels vitrine_values[6]
#define chroma_texels vitrine_values[7]
#if CLAMPED
#define LUMA clamp(vitrine_luma, vitrine_values[4].xy, vitrine_values[4].zw)
#define CHROMA clamp(vitrine_chroma, vitrine_values[5].xy, vitrine_values[5].zw)
#else
#define LUMA vitrine_luma
#define CHROMA vitrine_chroma
#endif

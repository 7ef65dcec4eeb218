// Where to sample. CHROMA_APART: chroma has texture coordinates of its own. CLAMPED: the texture is
// larger than the visible part, whose edge must not be sampled across; the bounds are the centers
// of the outermost visible texels.
//
// Coordinates need highp: mediump may have 10 bits, and pictures are up to 16384 texels wide.
#ifdef GL_FRAGMENT_PRECISION_HIGH
precision highp float;
precision highp sampler2D;
#else
precision mediump float;
precision mediump sampler2D;
#endif

varying vec2 luma_position;
#if CHROMA_APART
varying vec2 chroma_position;
#else
#define chroma_position luma_position
#endif

#if BYTE_PAIRS
uniform vec4 luma_texels;  // width and height of the texture, and what one texel is of each
#if CHROMA_APART
uniform vec4 chroma_texels;
#else
#define chroma_texels luma_texels
#endif
#endif

#if CLAMPED
uniform vec4 luma_bounds;  // left, top, right, bottom
#define LUMA clamp(luma_position, luma_bounds.xy, luma_bounds.zw)
#if CHROMA_APART
uniform vec4 chroma_bounds;
#define CHROMA clamp(chroma_position, chroma_bounds.xy, chroma_bounds.zw)
#else
#define CHROMA LUMA
#endif
#else
#define LUMA luma_position
#define CHROMA chroma_position
#endif

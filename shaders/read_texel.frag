// What a texture has where luma or chroma is sampled, after the prologue: filtered by the GPU.
#define LUMA_TEXEL(plane) texture2D(plane, LUMA)
#define CHROMA_TEXEL(plane) texture2D(plane, CHROMA)

// A rectangle that fills the viewport. The maps hold everything that crop, orientation, fit and
// chroma siting do to texture coordinates, so that the fragment shader has none of it to do.
attribute vec2 corner;  // of the viewport: (0, 0) bottom left, (1, 1) top right
uniform mat3 luma_map;  // from a corner to texture coordinates
varying vec2 luma_position;
#if CHROMA_APART
uniform mat3 chroma_map;
varying vec2 chroma_position;
#endif

void main() {
    vec3 place = vec3(corner, 1.0);
    luma_position = (luma_map * place).xy;
#if CHROMA_APART
    chroma_position = (chroma_map * place).xy;
#endif
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}

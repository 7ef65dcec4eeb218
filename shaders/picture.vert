// The picture, or a part of it, where corner_to_clip has it in the viewport: as a rectangle that
// fills that, or as a quadrilateral seen aslant. The maps hold everything that crop, orientation, fit and
// chroma siting do to texture coordinates, so that the fragment shader has none of it to do.
attribute vec2 corner;  // of what is drawn: (0, 0) to (1, 1)
uniform mat3 corner_to_clip;
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
    vec3 clip = corner_to_clip * place;
    gl_Position = vec4(clip.xy, 0.0, clip.z);
}

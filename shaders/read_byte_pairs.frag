// In place of read_texel.frag where GL has no textures of 16 bits: a texel holds the bytes of one
// sample (r, g) or of two (r, g, b, a), the low one first. A GPU that filters bytes to bytes would
// lose what the low ones add; so the texture gives its nearest texel, and four are mixed here.
// The first sample in r and the second, if there is one, in g; both as of a 16-bit texture.
vec4 mixed_words(sampler2D plane, vec2 position, vec4 texels) {
    vec2 place = position * texels.xy - 0.5;
    vec2 first = floor(place);
    vec2 share = place - first;
    vec2 near = (first + 0.5) * texels.zw;
    vec2 far = (first + 1.5) * texels.zw;
    vec4 upper = mix(texture2D(plane, near), texture2D(plane, vec2(far.x, near.y)), share.x);
    vec4 lower = mix(texture2D(plane, vec2(near.x, far.y)), texture2D(plane, far), share.x);
    vec4 bytes = mix(upper, lower, share.y);
    return vec4((bytes.rb + 256.0 * bytes.ga) / 257.0, 0.0, 1.0);
}

#define LUMA_TEXEL(plane) mixed_words(plane, LUMA, luma_texels)
#define CHROMA_TEXEL(plane) mixed_words(plane, CHROMA, chroma_texels)

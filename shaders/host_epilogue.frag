// place: (0, 0) the picture's top left, (1, 1) its bottom right. R'G'B' times alpha, and alpha.
vec4 sample_video(vec2 place) {
    vec3 at = vec3(place, 1.0);
    vitrine_luma = vec2(dot(vitrine_values[0].xyz, at), dot(vitrine_values[1].xyz, at));
    vitrine_chroma = vec2(dot(vitrine_values[2].xyz, at), dot(vitrine_values[3].xyz, at));
    vec4 value = vec4(color_sample(), 1.0);
    vec3 color = vec3(dot(vitrine_values[8], value), dot(vitrine_values[9], value),
                      dot(vitrine_values[10], value));
    color = clamp(color, 0.0, 1.0);
#if ALPHA
    float alpha = min(alpha_sample() * vitrine_values[0].w, 1.0);
    return vec4(color * alpha, alpha);
#else
    return vec4(color, 1.0);
#endif
}

#undef texture2D
#undef plane0
#undef plane1
#undef plane2
#undef plane3
#undef color_sample
#undef alpha_sample
#undef packed_alpha
#undef mixed_words
#undef luma_texels
#undef chroma_texels
#undef LUMA
#undef CHROMA
#undef LUMA_TEXEL
#undef CHROMA_TEXEL
#undef LUMA_COMPONENT
#undef CHROMA_COMPONENTS
#undef COLOR_COMPONENTS
#undef ALPHA_COMPONENT
#undef CHROMA_APART
#undef CLAMPED
#undef ALPHA
#undef BYTE_PAIRS
#undef VALUE_COUNT

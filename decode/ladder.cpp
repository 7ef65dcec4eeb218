// The order of the rows is the policy of falling back.
#include <array>

#include "decode/decoder.h"

namespace vitrine {
namespace {

struct Row {
    DecoderRow text;
    bool hardware;
    Result<std::vector<Rung>> (*rungs)(AVCodecID, const MediaOptions&);
};

constexpr std::array<Row, 1> kRows = {{
    {{"software", "libavcodec on the CPU, into importable memory where there is any"},
     false,
     software_rungs},
}};

}  // namespace

std::vector<DecoderRow> decoder_rows() {
    std::vector<DecoderRow> rows;
    for (const Row& row : kRows) rows.push_back(row.text);
    return rows;
}

Result<Ladder> make_ladder(AVCodecID codec, const MediaOptions& options) {
    Ladder ladder;
    for (const Row& row : kRows) {
        auto rungs = row.rungs(codec, options);
        if (!rungs) {
            ladder.refused.push_back(fmt::format("{}: {}", row.text.name, rungs.error().text));
            continue;
        }
        for (Rung& rung : *rungs) ladder.rungs.push_back(std::move(rung));
    }
    return ladder;
}

}  // namespace vitrine

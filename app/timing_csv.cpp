#include "app/timing_csv.h"

#include <fmt/format.h>

#include <iterator>

namespace vitrine {

Result<TimingCsvWriter> TimingCsvWriter::open(const std::string& path) {
    auto file = FileWriter::open(path);
    if (!file) return Failure(file.error());
    TimingCsvWriter writer(std::move(*file));
    std::string header = "item,sequence,pts_ns";
    for (size_t i = 0; i < kStageCount; ++i) {
        header += fmt::format(",{}_ns", name_of(static_cast<Stage>(i)));
    }
    writer.file_.write(header + ",gpu_ns,copies,bytes_copied,corrupt\n");
    return writer;
}

void TimingCsvWriter::add(const FrameRecord& record) {
    fmt::memory_buffer row;
    const auto out = std::back_inserter(row);
    fmt::format_to(out, "{},{},{}", record.place.item, record.sequence, record.pts.count());
    for (size_t i = 0; i < kStageCount; ++i) {
        const auto when = record.stamps.at(static_cast<Stage>(i));
        row.push_back(',');
        if (when) fmt::format_to(out, "{}", when->count());
    }
    row.push_back(',');
    if (record.gpu_time) fmt::format_to(out, "{}", record.gpu_time->count());
    fmt::format_to(out, ",{},{},{}\n", record.copies, record.bytes_copied, record.corrupt ? 1 : 0);
    file_.write({row.data(), row.size()});
}

}  // namespace vitrine

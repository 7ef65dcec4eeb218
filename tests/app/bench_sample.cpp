#include "tests/app/bench_sample.h"

namespace vitrine::test {

BenchRow row_of_times(std::string method, int copies, std::vector<int> micros) {
    BenchRow row;
    row.method = std::move(method);
    row.size = {100, 80};  // of NV12: 12000 bytes
    row.trials = 1;
    for (const int each : micros) {
        const Nanos time = std::chrono::microseconds(each);
        row.samples.write.push_back(time);
        row.samples.hand_over.push_back(time);
        row.samples.frame.push_back(2 * time);
        row.samples.cpu.push_back(time);
    }
    row.samples.frames = micros.size();
    row.samples.copies = micros.size() * static_cast<uint64_t>(copies);
    row.samples.bytes_copied = row.samples.copies * row.bytes();
    row.samples.wall = std::chrono::milliseconds(micros.size());
    return row;
}

BenchReport sample_report() {
    BenchReport report;
    report.processor = "A board";
    report.gpu_times = "timer query";
    report.seed = 42;
    report.trials = 1;
    report.frames = 10;
    report.before.governor = "performance";
    report.rows = {row_of_times("subimage", 1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
                   row_of_times("memcpy", 1, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2})};
    report.rows[0].samples.gpu = {std::chrono::microseconds(70)};
    BenchRow missing;
    missing.method = "dmabuf udmabuf";
    missing.size = {100, 80};
    missing.unsupported = "there is no such thing";
    report.rows.push_back(missing);
    missing.method = "cuda";
    report.rows.push_back(missing);
    BenchRow voided = missing;
    voided.method = "composed";
    voided.unsupported = "";
    voided.voided = {"picture 3: a pixel is 0,0,0", "picture 4: a pixel is 1,1,1"};
    report.rows.push_back(voided);
    return report;
}

BenchReport sample_clip_report() {
    BenchReport report = sample_report();
    report.clip.emplace();
    report.clip->file = "clip.mp4";
    report.clip->codec = "h264";
    report.clip->decoder = "libh264";
    report.clip->size = {100, 80};
    report.clip->shown.crop = {0, 0, 100, 72};
    for (BenchRow& row : report.rows) {
        for (const Nanos time : row.samples.write) row.samples.decode.push_back(100 * time);
        row.samples.write.clear();
        row.samples.told_apart = row.samples.frames / 2;
    }
    return report;
}

BenchReport sample_api_report() {
    BenchReport report = sample_report();
    report.via = BenchVia::api;
    report.rows = {row_of_times("program memfd", 0, {20, 20, 20, 20, 20, 20, 20, 20, 20, 20}),
                   row_of_times("api memfd", 0, {21, 21, 21, 21, 21, 21, 21, 21, 21, 21})};
    report.rows[1].beside = report.rows[0].method;
    for (BenchRow& row : report.rows) {
        row.samples.write.clear();
        row.samples.hand_over.clear();
        for (const Nanos frame : row.samples.frame)
            row.samples.whole.push_back(frame + std::chrono::microseconds(160));
    }
    report.calls = {{"update",
                     {Nanos(100), Nanos(200), Nanos(300), Nanos(400), Nanos(500), Nanos(600)},
                     Nanos(700),
                     0},
                    {"state_in_a_row", {Nanos(1100)}, Nanos(1200), 93}};
    return report;
}

}  // namespace vitrine::test

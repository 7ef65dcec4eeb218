#include <fmt/format.h>

#include <iterator>

#include "app/bench.h"

namespace vitrine {

std::string bench_csv(const BenchReport& report) {
    struct Column {
        std::string_view name;
        std::vector<Nanos> TrialSamples::*times;
    };
    constexpr std::array kColumns = {Column{"decode", &TrialSamples::decode},
                                     Column{"write", &TrialSamples::write},
                                     Column{"hand_over", &TrialSamples::hand_over},
                                     Column{"frame", &TrialSamples::frame},
                                     Column{"whole", &TrialSamples::whole},
                                     Column{"cpu", &TrialSamples::cpu},
                                     Column{"gpu", &TrialSamples::gpu}};
    std::string text = "method,format,width,height,time,ns\n";
    for (const BenchRow& row : report.rows) {
        for (const Column& column : kColumns) {
            const std::string begin =
                fmt::format("{},{},{},{},{}", row.method, info(row.format).name, row.size.width,
                            row.size.height, column.name);
            for (const Nanos time : row.samples.*column.times)
                fmt::format_to(std::back_inserter(text), "{},{}\n", begin, time.count());
        }
    }
    for (const CallSamples& call : report.calls) {
        for (const Nanos time : call.times)
            fmt::format_to(std::back_inserter(text), "{},,,,call,{}\n", call.name, time.count());
    }
    return text;
}

}  // namespace vitrine

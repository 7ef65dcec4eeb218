#include "tests/vpu/recorder.h"

#include <fmt/format.h>

#include <cstring>

namespace vpu {
namespace {

constexpr uint64_t kMaxLogLines = 1'000'000;
// Distinct texts; they are made of fixed words and a buffer's index.
constexpr size_t kMaxViolationTexts = 1000;

std::string object(const std::map<std::string, uint64_t, std::less<>>& counts) {
    std::string text = "{";
    for (const auto& [name, count] : counts) {
        text += fmt::format("{}\"{}\": {}", text.size() > 1 ? ", " : "", name, count);
    }
    return text + "}";
}

uint64_t sum(const std::map<std::string, uint64_t, std::less<>>& counts) {
    uint64_t total = 0;
    for (const auto& [name, count] : counts) total += count;
    return total;
}

}  // namespace

Recorder::Recorder(std::string log_path, std::string counters_path)
    : counters_path_(std::move(counters_path)) {
    if (!log_path.empty()) log_ = std::fopen(log_path.c_str(), "ae");
}

Recorder::~Recorder() {
    if (log_ != nullptr) std::fclose(log_);
}

void Recorder::call(int fd, std::string_view name, std::string_view detail, long answer) {
    const std::lock_guard lock(mutex_);
    ++calls_[std::string(name)];
    const char* error = answer < 0 ? strerrorname_np(static_cast<int>(-answer)) : nullptr;
    if (error != nullptr) ++failures_[fmt::format("{} {}", name, error)];
    if (log_ == nullptr) return;
    const auto result = error != nullptr ? std::string(error) : fmt::format("{}", answer);
    write_line(fmt::format("{} {}({}) = {}\n", fd, name, detail, result));
}

void Recorder::violation(int fd, std::string_view what) {
    const std::lock_guard lock(mutex_);
    if (violations_.size() < kMaxViolationTexts) ++violations_[std::string(what)];
    if (log_ != nullptr) write_line(fmt::format("{} refused: {}\n", fd, what));
}

void Recorder::opened() {
    const std::lock_guard lock(mutex_);
    ++opens_;
    ++open_now_;
}

void Recorder::closed() {
    const std::lock_guard lock(mutex_);
    --open_now_;
}

void Recorder::exported() {
    const std::lock_guard lock(mutex_);
    ++exports_;
}

void Recorder::mapped() {
    const std::lock_guard lock(mutex_);
    ++maps_;
}

void Recorder::picture(bool corrupt) {
    const std::lock_guard lock(mutex_);
    ++pictures_;
    if (corrupt) ++corrupt_pictures_;
}

void Recorder::held_outside(uint64_t buffers) {
    const std::lock_guard lock(mutex_);
    if (buffers > max_held_outside_) max_held_outside_ = buffers;
}

uint64_t Recorder::calls(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(name);
    return found == calls_.end() ? 0 : found->second;
}

uint64_t Recorder::violations() const {
    const std::lock_guard lock(mutex_);
    return sum(violations_);
}

std::string Recorder::json() const {
    const std::lock_guard lock(mutex_);
    return fmt::format(
        "{{\n"
        "  \"calls\": {},\n"
        "  \"failures\": {},\n"
        "  \"violations\": {},\n"
        "  \"violation_count\": {},\n"
        "  \"opens\": {},\n"
        "  \"open_at_exit\": {},\n"
        "  \"exports\": {},\n"
        "  \"maps\": {},\n"
        "  \"pictures\": {},\n"
        "  \"corrupt_pictures\": {},\n"
        "  \"max_held_outside\": {}\n"
        "}}\n",
        object(calls_), object(failures_), object(violations_), sum(violations_), opens_, open_now_,
        exports_, maps_, pictures_, corrupt_pictures_, max_held_outside_);
}

void Recorder::write_counters() const {
    if (counters_path_.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        if (opens_ == 0) return;
    }
    std::FILE* file = std::fopen(counters_path_.c_str(), "we");
    if (file == nullptr) return;
    const auto text = json();
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
}

void Recorder::write_line(const std::string& line) {
    if (log_lines_ == kMaxLogLines) return;
    ++log_lines_;
    std::fwrite(line.data(), 1, line.size(), log_);
    std::fflush(log_);
}

}  // namespace vpu

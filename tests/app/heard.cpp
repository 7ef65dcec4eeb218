#include "tests/app/heard.h"

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "tests/support/counted_sound.h"

namespace vitrine::test {

int64_t Heard::timed(const std::string& pointer) const {
    const auto json = nlohmann::json::parse(timing, nullptr, false);
    const nlohmann::json::json_pointer place(pointer);
    return json.is_object() && json.contains(place) ? json[place].get<int64_t>() : -1;
}

std::vector<float> samples_of(const std::string& path) {
    const std::string bytes = contents_of(path);
    std::vector<float> samples(bytes.size() / sizeof(float));
    if (!samples.empty()) std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(float));
    return samples;
}

Heard play(const std::string& arguments, const std::string& meanwhile, const std::string& before) {
    const TemporaryFolder folder;
    const std::string sound = folder.file("sound");
    const std::string hashes = folder.file("hashes");
    const std::string timing = folder.file("timing");
    const std::string log = folder.file("log");
    Heard heard;
    // The delay is the length of a period in ms.
    heard.ran = run_program(
        "sound=" + sound + "; log=" + log + "; " + before +
        "; SDL_AUDIODRIVER=disk SDL_DISKAUDIODELAY=21 SDL_DISKAUDIOFILE=$sound " VITRINE_PROGRAM
        " --output=null --frame-hash=" +
        hashes + " --timing-json=" + timing + " " + arguments + " 2>$log & pid=$!; " +
        until_it_says("path:") + meanwhile + "; wait $pid; code=$?; cat $log; exit $code");
    heard.samples = samples_of(sound);
    heard.hashes = hashes_of(contents_of(hashes));
    heard.timing = contents_of(timing);
    return heard;
}

std::string until_it_says(const std::string& text) {
    return "for i in $(seq 100); do grep -q '" + text + "' $log && break; sleep 0.1; done; ";
}

void expect_samples(const Heard& heard, const std::vector<int64_t>& expected) {
    const std::vector<int64_t> numbers = testing::counted_numbers(heard.samples);
    EXPECT_TRUE(numbers == expected)
        << numbers.size() << " samples of " << expected.size() << ", astray from sample "
        << testing::first_difference(numbers, expected) << "\n"
        << heard.ran.output;
    EXPECT_EQ(heard.timed("/sound/samples"), static_cast<int64_t>(expected.size()));
    EXPECT_EQ(heard.timed("/sound/late_samples"), 0);
}

}  // namespace vitrine::test

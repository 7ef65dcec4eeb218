// Our V4L2 decoder on a machine of the lab, fed and emptied as the player does, with a bound on
// everything. Thread-bound; the units that are added have to outlive it.
#pragma once

#include <memory>
#include <vector>

#include "decode/v4l2_decoder.h"
#include "tests/lab/fwht.h"
#include "tests/lab/machine.h"

namespace vitrine::lab {

class Decoding {
  public:
    struct Run {
        std::vector<int> numbers;  // where they are looked at
        std::vector<uint64_t> serials;
        std::vector<Size> sizes;
        bool ended = false;
        bool outgrown = false;
        int broken = 0;       // pictures
        std::string trouble;  // the decoder is of no more use
    };
    /// What is looked at of a picture: nothing, its number, or whether it is as it was drawn.
    enum class Look : uint8_t { away, at_number, closely };
    struct Manner {
        size_t hold = 1;  // pictures, the newest ones
        size_t pictures = SIZE_MAX;
        bool drain = true;
        Look look = Look::closely;
    };
    static constexpr const char* kStuck = "it is stuck";

    /// Throws where it does not open.
    explicit Decoding(const Machine& machine, Size size);
    /// Null, with the reason, where it does not.
    [[nodiscard]] static std::unique_ptr<Decoding> open(const Machine& machine, Size size,
                                                        std::string& trouble);

    void add(const std::vector<Unit>& units, size_t from = 0, size_t to = SIZE_MAX);
    Run run() { return run(Manner{}); }
    Run run(const Manner& manner);
    void flush();
    [[nodiscard]] std::vector<DecodedPicture>& held() { return held_; }
    [[nodiscard]] Decoder& decoder() { return *decoder_; }
    /// The units that were given, by their serials, which begin at 1.
    [[nodiscard]] const std::vector<const Unit*>& given() const { return given_; }

  private:
    explicit Decoding(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
    [[nodiscard]] static Result<std::unique_ptr<Decoder>> make(const Machine& machine, Size size);
    void take(DecodedPicture picture, const Manner& manner, Run& run);
    /// False where there is nothing more to give.
    bool feed(bool drain);

    std::unique_ptr<Decoder> decoder_;
    std::vector<const Unit*> units_;
    std::vector<const Unit*> given_;
    std::vector<DecodedPicture> held_;
    uint64_t serial_ = 0;
    bool drained_ = false;
};

/// The number of a picture of FWHT in the decoder's memory, -1 where it has none. closely: a test
/// fails where it is not as it was drawn.
[[nodiscard]] int checked_number(const DecodedPicture& decoded, bool closely = true);

}  // namespace vitrine::lab

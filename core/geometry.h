// Sizes and rectangles in pixels, ratios, and how a picture is to be turned. Plain values;
// reentrant.
#pragma once

namespace vitrine {

struct Size {
    int width = 0;
    int height = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

/// x grows to the right, y downward, from the top left pixel.
struct Rect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    friend bool operator==(const Rect&, const Rect&) = default;
};

struct Point {
    double x = 0;
    double y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

/// Shares that are cut off at the edges, of 0 to 1.
struct Margins {
    double left = 0, top = 0, right = 0, bottom = 0;
    friend bool operator==(const Margins&, const Margins&) = default;
};

struct Rational {
    int num = 1;
    int den = 1;
    friend bool operator==(const Rational&, const Rational&) = default;
    [[nodiscard]] double value() const { return static_cast<double>(num) / den; }
};

/// What makes a stored picture upright: first mirrored left to right, then turned clockwise.
struct Orientation {
    bool mirrored = false;
    int quarter_turns = 0;  // 0 to 3, clockwise
    friend bool operator==(const Orientation&, const Orientation&) = default;
    [[nodiscard]] bool swaps_axes() const { return quarter_turns % 2 != 0; }
};

}  // namespace vitrine

// What settles the options of play, lowest first: what is built in, the configuration files in
// their order, the environment, the command line; profiles where they are named. Pure over the
// given texts; reentrant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/option_table.h"
#include "core/result.h"

namespace vitrine {

inline constexpr size_t kDeepestProfile = 8;   // profiles within profiles
inline constexpr size_t kMostSettings = 4096;  // that profiles may come to in all

struct ConfigFile {
    std::string path;
    std::optional<std::string> text;  // none: there is no such file
};

struct Variable {
    std::string name;
    std::string value;
};

/// Where a setting is written.
struct Origin {
    enum class Kind { built_in, file, environment, flag };
    Kind kind = Kind::built_in;
    std::string name;      // the file's path, the variable's name, the option as written
    int line = 0;          // in a file
    std::string profile;   // in which it stands; "" for none
    std::string asked_by;  // where that profile, or the outermost one around it, was named
};
/// "/etc/vitrine/vitrine.conf:3", "VITRINE_SIZE", "built in", and the profile behind it.
[[nodiscard]] std::string text_of(const Origin& origin);
[[nodiscard]] std::string_view name_of(Origin::Kind kind);

struct Setting {
    const OptionRow* row = nullptr;
    std::string value;    // of a flag: "yes" or "no"; "" where it may be left out and was
    bool undone = false;  // as if it had never been given: --no-size, fullscreen=no
    Origin origin;
};

/// An option and its value as written anywhere, but for whether the value is a good one.
/// as_written: for the errors. Errors: invalid_argument.
[[nodiscard]] Result<Setting> setting_of(const WrittenOption& option, std::string_view as_written,
                                         std::optional<std::string_view> value);

/// Why there is no option of that name, with the nearest one; dashes: "--" where it was written so.
[[nodiscard]] Failure unknown_option(std::string_view name, std::string_view dashes);

struct Settled {
    std::vector<Setting> settings;      // at most one per option, in the order of the table
    std::vector<std::string> profiles;  // "kiosk, by --profile", as they were named
    std::vector<std::string> warnings;  // such as of a variable whose name seems mistyped
};

/// flags: of the command line, in its order; their values are good already. Every line of every
/// file is checked, also of profiles that nobody names. Errors: invalid_argument, naming the file
/// and line, or the variable, with the option and its value.
[[nodiscard]] Result<Settled> settle(std::span<const ConfigFile> files,
                                     std::span<const Variable> environment,
                                     std::span<const Setting> flags);

/// Whether --no-config is given, or its variable.
[[nodiscard]] bool leaves_files_out(std::span<const Variable> environment,
                                    std::span<const Setting> flags);

/// A choice that is not in the table.
struct NamedChoice {
    std::string name;
    std::string description;
};
/// As a configuration file.
[[nodiscard]] std::string_view built_in_profiles();
/// Those built in and those of the files, each once. Errors: as of settle().
[[nodiscard]] Result<std::vector<NamedChoice>> list_profiles(std::span<const ConfigFile> files);

}  // namespace vitrine

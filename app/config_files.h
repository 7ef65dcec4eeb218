// The folders and files of configuration, read whole and bounded. Reentrant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/key_bindings.h"
#include "app/play_options.h"
#include "app/settings.h"
#include "core/result.h"

namespace vitrine {

inline constexpr std::string_view kConfigName = "vitrine.conf";
inline constexpr std::string_view kBindingsName = "input.conf";

/// Everything that this process was given.
[[nodiscard]] std::vector<Variable> environment_variables();

/// The system's two folders and the user's ($XDG_CONFIG_HOME or $HOME/.config), what counts least
/// first. Pure. A folder that is not an absolute path is none, as XDG wants it.
[[nodiscard]] std::vector<std::string> config_folders(std::span<const Variable> environment);

/// The file of that name in each folder. Errors: as of read_config_file().
[[nodiscard]] Result<std::vector<ConfigFile>> read_config_files(
    std::span<const std::string> folders, std::string_view name);

/// None where there is no such file. Errors: invalid_argument for what is no regular file, is too
/// large or cannot be read, with its path.
[[nodiscard]] Result<std::optional<std::string>> read_config_file(const std::string& path);

/// What the keys mean: mpv's bindings, those of input.conf in the folders or of the file that is
/// named in its place; none without input. Errors: invalid_argument, naming the file and line.
[[nodiscard]] Result<KeyBindings> read_bindings(const PlayOptions& options,
                                                std::span<const std::string> folders);

}  // namespace vitrine

#include "app/config_files.h"

#include <unistd.h>

#include "app/config_text.h"
#include "app/file_reader.h"

namespace vitrine {
namespace {

std::string value_of(std::span<const Variable> environment, std::string_view name) {
    for (const Variable& variable : environment) {
        if (variable.name == name) return variable.value;
    }
    return {};
}

}  // namespace

std::vector<Variable> environment_variables() {
    std::vector<Variable> out;
    for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
        const std::string_view text(*each);
        const size_t equals = text.find('=');
        if (equals == text.npos) continue;
        out.push_back({std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
    }
    return out;
}

std::vector<std::string> config_folders(std::span<const Variable> environment) {
    std::vector<std::string> folders = {"/usr/share/vitrine", "/etc/vitrine"};
    const std::string own = value_of(environment, "XDG_CONFIG_HOME");
    const std::string home = value_of(environment, "HOME");
    if (own.starts_with('/')) {
        folders.push_back(own + "/vitrine");
    } else if (home.starts_with('/')) {
        folders.push_back(home + "/.config/vitrine");
    }
    return folders;
}

Result<std::vector<ConfigFile>> read_config_files(std::span<const std::string> folders,
                                                  std::string_view name) {
    std::vector<ConfigFile> files;
    for (const std::string& folder : folders) {
        ConfigFile file{fmt::format("{}/{}", folder, name), {}};
        auto text = read_config_file(file.path);
        if (!text) return Failure(text.error());
        file.text = std::move(*text);
        files.push_back(std::move(file));
    }
    return files;
}

Result<KeyBindings> read_bindings(const PlayOptions& options,
                                  std::span<const std::string> folders) {
    if (!options.input) return KeyBindings();
    KeyBindings bindings = KeyBindings::standard();
    std::vector<ConfigFile> files;
    if (!options.input_conf.empty()) {
        auto text = read_config_file(options.input_conf);
        if (!text) return Failure(text.error());
        if (!*text) {
            return fail(Errc::invalid_argument, "--input-conf={}: there is no such file",
                        options.input_conf);
        }
        files.push_back({options.input_conf, std::move(*text)});
    } else {
        auto found = read_config_files(folders, kBindingsName);
        if (!found) return Failure(found.error());
        files = std::move(*found);
    }
    for (const ConfigFile& file : files) {
        if (!file.text) continue;
        if (auto added = bindings.add(file.path, *file.text); !added) {
            return Failure(added.error());
        }
    }
    return bindings;
}

Result<std::optional<std::string>> read_config_file(const std::string& path) {
    return read_text_file(path, kLargestConfigBytes);
}

}  // namespace vitrine

#include "app/config_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "app/config_text.h"
#include "core/unique_fd.h"

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
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write.
    const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const auto unreadable = [&](int error) {
        return fail(Errc::invalid_argument, "{}: cannot be read: {}", path, errno_text(error));
    };
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
        return unreadable(errno);
    }
    struct stat about {};
    if (fstat(file.get(), &about) != 0) return unreadable(errno);
    if (!S_ISREG(about.st_mode)) {
        return fail(Errc::invalid_argument, "{}: not a regular file", path);
    }
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t got = read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(errno);
        if (got == 0) return std::optional(std::move(text));
        text.append(buffer.data(), static_cast<size_t>(got));
        // It may still grow: what was read counts.
        if (text.size() > kLargestConfigBytes) {
            return fail(Errc::invalid_argument, "{}: more than {} bytes, which are allowed", path,
                        kLargestConfigBytes);
        }
    }
}

}  // namespace vitrine

#include "app/settings.h"

#include <algorithm>

#include "app/config_text.h"
#include "app/option_values.h"
#include "app/text.h"
#include "app/values.h"

namespace vitrine {
namespace {

constexpr std::string_view kDescriptionKey = "profile-desc";
constexpr std::string_view kVariablePrefix = "VITRINE_";

// Sections of this name in files add to it.
constexpr std::string_view kBuiltInProfiles = R"([kiosk]
profile-desc="to be left running: fills the screen, without a cursor, for ever"
fullscreen=yes
cursor=hide
keep-open=yes
stop-screensaver=always
loop-playlist=inf
)";

struct Entry {
    ConfigLine line;
    Origin origin;
};

/// What a setting comes from, put before what is wrong with it. In a file options have no dashes.
Failure at(const Origin& origin, std::string_view what) {
    if (origin.kind == Origin::Kind::flag) return fail(Errc::invalid_argument, "{}", what);
    if (what.starts_with("--")) what.remove_prefix(2);
    const bool in_file = origin.kind == Origin::Kind::file;
    return fail(Errc::invalid_argument, "{}: {}{}", text_of(origin), what,
                in_file ? " (--no-config leaves out every such file)" : "");
}

/// VITRINE_LOG_LEVEL is log-level.
std::string option_name_of(std::string_view variable) {
    std::string name(variable.substr(kVariablePrefix.size()));
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '_') c = '-';
    }
    return name;
}

Failure too_many(const Setting& setting) {
    return at(setting.origin, fmt::format("--profile={}: profiles come to more than {} settings",
                                          setting.value, kMostSettings));
}

class Layers {
  public:
    Result<void> read(std::span<const ConfigFile> files);
    Result<void> take_files();
    Result<void> take_environment(std::span<const Variable> environment);
    Result<void> take(const Setting& setting);
    [[nodiscard]] Settled finish();
    [[nodiscard]] std::vector<NamedChoice> profiles() const;

  private:
    struct Section {
        std::string name;
        std::vector<Entry> entries;
    };

    Result<void> read_file(Origin file, std::string_view text);
    Result<void> check(const Entry& entry) const;
    Result<void> take_variable(const Variable& variable);
    Result<void> expand(const Setting& setting);
    [[nodiscard]] const Section* find(std::string_view name) const;
    [[nodiscard]] Failure unknown_profile(const Setting& setting, std::string_view name) const;

    std::vector<Section> sections_;  // the first, "", is what holds always
    std::vector<std::string> open_;  // profiles that are being expanded, outermost first
    std::vector<Setting> taken_;
    size_t expanded_ = 0;
    Settled out_;
};

Result<void> Layers::read(std::span<const ConfigFile> files) {
    sections_.push_back({});
    if (auto done = read_file({}, kBuiltInProfiles); !done) return done;
    for (const ConfigFile& file : files) {
        Origin origin;
        origin.kind = Origin::Kind::file;
        origin.name = file.path;
        if (!file.text) continue;
        if (auto done = read_file(origin, *file.text); !done) return done;
    }
    return {};
}

Result<void> Layers::read_file(Origin file, std::string_view text) {
    auto parsed = parse_config(file.name, text);
    if (!parsed) {
        return fail(Errc::invalid_argument, "{} (--no-config leaves out every such file)",
                    parsed.error().text);
    }
    for (const std::string& name : parsed->profiles) {
        if (find(name) == nullptr) sections_.push_back({name, {}});
    }
    for (ConfigLine& line : parsed->lines) {
        Entry entry{std::move(line), file};
        entry.origin.line = entry.line.line;
        entry.origin.profile = entry.line.profile;
        if (auto good = check(entry); !good) return good;
        const auto section =
            std::find_if(sections_.begin(), sections_.end(),
                         [&](const Section& each) { return each.name == entry.line.profile; });
        section->entries.push_back(std::move(entry));
    }
    return {};
}

Result<void> Layers::check(const Entry& entry) const {
    const ConfigLine& line = entry.line;
    if (line.key == kDescriptionKey) {
        if (!line.profile.empty() && line.value) return {};
        return at(entry.origin, "profile-desc=TEXT says what a [profile] is for, within it");
    }
    const WrittenOption option = find_written(line.key);
    if (option.row == nullptr) return at(entry.origin, unknown_option(line.key, "").value().text);
    if (!option.row->belongs_to(Command::play)) {
        return at(entry.origin, fmt::format("{} is no option of play", line.key));
    }
    if (option.row->scope != Scope::anywhere) {
        return at(entry.origin,
                  fmt::format("{0} does not stand in a file; --{0} is given on the command line",
                              line.key));
    }
    const auto setting = setting_of(option, line.key, line.value);
    if (!setting) return at(entry.origin, setting.error().text);
    if (setting->undone) return {};
    const auto good = check_value(*setting->row, setting->value);
    return good ? good : at(entry.origin, good.error().text);
}

Result<void> Layers::take_files() {
    for (const Entry& entry : sections_.front().entries) {
        auto setting = setting_of(find_written(entry.line.key), entry.line.key, entry.line.value);
        setting->origin = entry.origin;
        if (auto taken = take(*setting); !taken) return taken;
    }
    return {};
}

Result<void> Layers::take_environment(std::span<const Variable> environment) {
    std::vector<Variable> ours;
    for (const Variable& variable : environment) {
        if (variable.name.starts_with(kVariablePrefix) && !variable.value.empty()) {
            ours.push_back(variable);
        }
    }
    // The environment has no order: what is named by itself holds against what a profile brings.
    const auto rank = [](const Variable& variable) {
        return std::pair(option_name_of(variable.name) != "profile", variable.name);
    };
    std::sort(ours.begin(), ours.end(),
              [&](const Variable& a, const Variable& b) { return rank(a) < rank(b); });
    for (const Variable& variable : ours) {
        if (auto taken = take_variable(variable); !taken) return taken;
    }
    return {};
}

/// Not every variable that begins so need be meant for us.
Result<void> Layers::take_variable(const Variable& variable) {
    const std::string name = option_name_of(variable.name);
    const WrittenOption option = find_written(name);
    const bool settable = option.row != nullptr && option.row->belongs_to(Command::play) &&
                          option.row->scope != Scope::command_line;
    if (!settable) {
        std::vector<std::string_view> names;
        for (const OptionRow& row : option_rows()) names.push_back(row.name);
        if (!slip_of(name, names).empty() && option.row == nullptr) {
            out_.warnings.push_back(fmt::format("{}: no option is called {}; did you mean {}?",
                                                variable.name, name, slip_of(name, names)));
        }
        return {};
    }
    Origin origin;
    origin.kind = Origin::Kind::environment;
    origin.name = variable.name;
    auto setting = setting_of(option, name, variable.value);
    if (!setting) return at(origin, setting.error().text);
    if (!setting->undone) {
        if (auto good = check_value(*setting->row, setting->value); !good) {
            return at(origin, good.error().text);
        }
    }
    setting->origin = origin;
    return take(*setting);
}

Result<void> Layers::take(const Setting& setting) {
    if (setting.row->id == OptionId::profile) return expand(setting);
    taken_.push_back(setting);
    return {};
}

Result<void> Layers::expand(const Setting& setting) {
    if (setting.undone) return {};
    const auto names = parse_names(setting.value);
    if (!names) return at(setting.origin, names.error().text);
    for (const std::string& name : *names) {
        if (++expanded_ > kMostSettings) return too_many(setting);
        const Section* section = find(name);
        if (section == nullptr) return unknown_profile(setting, name);
        const bool within_itself = std::find(open_.begin(), open_.end(), name) != open_.end();
        open_.push_back(name);
        if (within_itself || open_.size() > kDeepestProfile) {
            return at(setting.origin,
                      fmt::format("--profile={}: {} ({})", setting.value,
                                  within_itself ? "a profile within itself"
                                                : "too many profiles within profiles",
                                  joined(open_, " > ")));
        }
        const std::string asked_by =
            open_.size() == 1 ? text_of(setting.origin) : setting.origin.asked_by;
        if (open_.size() == 1) out_.profiles.push_back(fmt::format("{}, by {}", name, asked_by));
        for (const Entry& entry : section->entries) {
            if (entry.line.key == kDescriptionKey) continue;
            if (++expanded_ > kMostSettings) return too_many(setting);
            auto inner = setting_of(find_written(entry.line.key), entry.line.key, entry.line.value);
            inner->origin = entry.origin;
            inner->origin.asked_by = asked_by;
            if (auto taken = take(*inner); !taken) return taken;
        }
        open_.pop_back();
    }
    return {};
}

Failure Layers::unknown_profile(const Setting& setting, std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Section& section : sections_) {
        if (!section.name.empty()) names.push_back(section.name);
    }
    const std::string_view near = slip_of(name, names);
    const std::string hint =
        near.empty() ? "--profile=help lists them" : fmt::format("did you mean {}?", near);
    return at(setting.origin,
              fmt::format("--profile={}: no profile is called {}; {}", setting.value, name, hint));
}

const Layers::Section* Layers::find(std::string_view name) const {
    const auto found = std::find_if(sections_.begin() + 1, sections_.end(),
                                    [&](const Section& each) { return each.name == name; });
    return found == sections_.end() ? nullptr : &*found;
}

Settled Layers::finish() {
    for (const OptionRow& row : option_rows()) {
        const auto last = std::find_if(taken_.rbegin(), taken_.rend(),
                                       [&](const Setting& each) { return each.row == &row; });
        if (last != taken_.rend()) out_.settings.push_back(*last);
    }
    return std::move(out_);
}

std::vector<NamedChoice> Layers::profiles() const {
    std::vector<NamedChoice> out;
    for (size_t i = 1; i < sections_.size(); ++i) {
        NamedChoice profile{sections_[i].name, ""};
        for (const Entry& entry : sections_[i].entries) {
            if (entry.line.key == kDescriptionKey) profile.description = *entry.line.value;
        }
        out.push_back(std::move(profile));
    }
    return out;
}

}  // namespace

std::string_view name_of(Origin::Kind kind) {
    switch (kind) {
        case Origin::Kind::built_in:
            return "built-in";
        case Origin::Kind::file:
            return "file";
        case Origin::Kind::environment:
            return "environment";
        case Origin::Kind::flag:
            return "flag";
    }
    return "built-in";
}

std::string text_of(const Origin& origin) {
    std::string text = origin.kind == Origin::Kind::built_in ? "built in" : origin.name;
    if (origin.line > 0 && origin.kind == Origin::Kind::file) {
        text += fmt::format(":{}", origin.line);
    }
    if (!origin.asked_by.empty()) {
        text += fmt::format(" (profile {}, by {})", origin.profile, origin.asked_by);
    }
    return text;
}

Result<Setting> setting_of(const WrittenOption& option, std::string_view as_written,
                           std::optional<std::string_view> value) {
    const OptionRow& row = *option.row;
    Setting setting;
    setting.row = &row;
    const bool settable = row.scope != Scope::command_line && row.belongs_to(Command::play);
    if (!row.takes_value() && settable) {
        if (value && *value != "yes" && *value != "no") {
            return fail(Errc::invalid_argument, "{}={}: expected yes or no", as_written, *value);
        }
        setting.undone = (value && *value == "no") != option.undone;
        setting.value = setting.undone ? "no" : "yes";
        return setting;
    }
    if (!row.takes_value() || option.undone) {
        if (value) return fail(Errc::invalid_argument, "{} takes no value", as_written);
        const auto is_no = [](const Choice& choice) { return choice.name == "no"; };
        const bool has_no = std::any_of(row.choices.begin(), row.choices.end(), is_no);
        setting.value = has_no ? "no" : "";
        setting.undone = option.undone && !has_no;
        return setting;
    }
    if (!value && !row.may_lack_value) {
        return fail(Errc::invalid_argument, "{} wants a value: {}", as_written, value_text(row));
    }
    if (value && value->empty()) {
        return fail(Errc::invalid_argument, "{}=: expected {}", as_written, value_text(row));
    }
    setting.value = value.value_or("");
    return setting;
}

Failure unknown_option(std::string_view name, std::string_view dashes) {
    std::vector<std::string_view> names;
    for (const OptionRow& row : option_rows()) names.push_back(row.name);
    if (const std::string_view meant = slip_of(name, names); !meant.empty()) {
        return fail(Errc::invalid_argument, "unknown option {0}{1}; did you mean {0}{2}?", dashes,
                    name, meant);
    }
    return fail(Errc::invalid_argument,
                "unknown option {0}{1}; the nearest is {0}{2}, see vitrine --help", dashes, name,
                nearest(name, names));
}

Result<Settled> settle(std::span<const ConfigFile> files, std::span<const Variable> environment,
                       std::span<const Setting> flags) {
    Layers layers;
    if (auto done = layers.read(files); !done) return Failure(done.error());
    if (auto done = layers.take_files(); !done) return Failure(done.error());
    if (auto done = layers.take_environment(environment); !done) return Failure(done.error());
    for (const Setting& flag : flags) {
        if (auto done = layers.take(flag); !done) return Failure(done.error());
    }
    return layers.finish();
}

std::string_view built_in_profiles() {
    return kBuiltInProfiles;
}

bool leaves_files_out(std::span<const Variable> environment, std::span<const Setting> flags) {
    for (auto flag = flags.rbegin(); flag != flags.rend(); ++flag) {
        if (flag->row->id == OptionId::no_config) return !flag->undone;
    }
    for (const Variable& variable : environment) {
        if (!variable.name.starts_with(kVariablePrefix)) continue;
        const WrittenOption option = find_written(option_name_of(variable.name));
        if (option.row == nullptr || option.row->id != OptionId::no_config) continue;
        const auto setting = setting_of(option, variable.name, variable.value);
        if (setting) return !setting->undone;
    }
    return false;
}

Result<std::vector<NamedChoice>> list_profiles(std::span<const ConfigFile> files) {
    Layers layers;
    if (auto done = layers.read(files); !done) return Failure(done.error());
    return layers.profiles();
}

}  // namespace vitrine

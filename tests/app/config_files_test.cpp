#include "app/config_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "app/config_text.h"
#include "tests/app/support.h"

namespace vitrine {
namespace {

using Names = std::vector<std::string>;

TEST(ConfigFiles, AreInTheSystemsFoldersAndTheUsers) {
    const auto folders = [](std::vector<Variable> environment) {
        return config_folders(environment);
    };
    const Names system = {"/usr/share/vitrine", "/etc/vitrine"};
    EXPECT_EQ(folders({}), system);
    EXPECT_EQ(folders({{"HOME", "/home/x"}}).back(), "/home/x/.config/vitrine");
    EXPECT_EQ(folders({{"HOME", "/home/x"}, {"XDG_CONFIG_HOME", "/c"}}).back(), "/c/vitrine");
    EXPECT_EQ(folders({{"HOME", "/home/x"}, {"XDG_CONFIG_HOME", "c"}}).back(),
              "/home/x/.config/vitrine");
    EXPECT_EQ(folders({{"HOME", "x"}}), system);
}

TEST(ConfigFiles, OneThatIsNotThereIsNone) {
    test::TemporaryFolder folder;
    const std::string path = folder.file("");
    std::ofstream(path + "/vitrine.conf") << "fit=cover\n";
    const auto files =
        read_config_files(Names{path + "/none", path, path + "/vitrine.conf/x"}, kConfigName);
    ASSERT_TRUE(files) << files.error().text;
    ASSERT_EQ(files->size(), 3u);
    EXPECT_FALSE((*files)[0].text);
    EXPECT_EQ((*files)[1].text, "fit=cover\n");
    EXPECT_FALSE((*files)[2].text);
}

TEST(ConfigFiles, BindingsAreOfTheFoldersOrOfTheFileThatIsNamed) {
    test::TemporaryFolder folder;
    const Names folders = {folder.file("")};
    std::ofstream(folder.file("input.conf")) << "x quit\n";
    std::ofstream(folder.file("other.conf")) << "y quit\n";
    const auto quits = [](const Result<KeyBindings>& bindings, std::string_view key) {
        EXPECT_TRUE(bindings) << bindings.error().text;
        return std::holds_alternative<UserCommand>(bindings->meaning_of({*parse_key(key)}));
    };
    PlayOptions options;
    EXPECT_TRUE(quits(read_bindings(options, folders), "x"));
    EXPECT_TRUE(quits(read_bindings(options, folders), "q"));
    EXPECT_FALSE(quits(read_bindings(options, {}), "x"));
    options.input_conf = folder.file("other.conf");
    EXPECT_TRUE(quits(read_bindings(options, folders), "y"));
    EXPECT_FALSE(quits(read_bindings(options, folders), "x"));
    options.input = false;
    EXPECT_FALSE(quits(read_bindings(options, folders), "q"));
    options.input = true;
    options.input_conf = "/none";
    EXPECT_EQ(read_bindings(options, folders).error().text,
              "--input-conf=/none: there is no such file");
    std::ofstream(folder.file("input.conf")) << "x quitt\n";
    options.input_conf = "";
    EXPECT_EQ(read_bindings(options, folders).error().text,
              folder.file("") + "/input.conf:1: no command is called quitt; did you mean quit?");
}

TEST(ConfigFiles, WhatIsNoSmallRegularFileIsRefused) {
    test::TemporaryFolder folder;
    const auto error_of = [](const std::string& path) {
        const auto read = read_config_file(path);
        return read ? "(none)" : read.error().text;
    };
    const std::string pipe = folder.file("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(error_of(pipe), pipe + ": not a regular file");
    EXPECT_EQ(error_of("/dev/zero"), "/dev/zero: not a regular file");
    const std::string directory = folder.file("");
    EXPECT_EQ(error_of(directory), directory + ": not a regular file");
    const std::string circle = folder.file("circle");
    ASSERT_EQ(symlink(circle.c_str(), circle.c_str()), 0);
    EXPECT_EQ(error_of(circle), circle + ": cannot be read: Too many levels of symbolic links");
    const std::string large = folder.file("large");
    std::ofstream(large) << std::string(kLargestConfigBytes, '\n');
    EXPECT_EQ(error_of(large), "(none)");
    std::ofstream(large, std::ios::app) << "\n";
    EXPECT_EQ(error_of(large), large + ": more than 262144 bytes, which are allowed");
    const std::string secret = folder.file("secret");
    std::ofstream(secret) << "fit=cover\n";
    ASSERT_EQ(chmod(secret.c_str(), 0), 0);
    // Root may read it in any case.
    EXPECT_EQ(error_of(secret),
              geteuid() == 0 ? "(none)" : secret + ": cannot be read: Permission denied");
}

}  // namespace
}  // namespace vitrine

#pragma once

#include <filesystem>
#include <string>

#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

namespace rescuestream::cli {

/// Uses an empty data directory, as on a machine on which nothing was run before.
class MediaMtxCli : public TestCli {
public:
    MediaMtxCli() { environment["DATA_DIR"] = data_.file("data"); }
    std::string control_secret_file() const {
        return environment.at("DATA_DIR") + "/mediamtx-api-secret";
    }

private:
    rescuestream::testing::TemporaryDirectory data_;
};

inline std::filesystem::perms mode_of(const std::string& path) {
    return std::filesystem::status(path).permissions();
}

constexpr auto kOwnerAlone =
    std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

}  // namespace rescuestream::cli

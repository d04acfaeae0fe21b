#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/member.hpp"

namespace rescuestream::settings {

/// What a setting is read for. Only settings that a program uses are judged by it: a wrong one of
/// the server does not keep the command line from working. Values may be joined with `|`.
enum Use : unsigned {
    kServer = 1U,
    kDirect = 2U,   ///< A command that works on the database.
    kThrough = 4U,  ///< A command that works through a server.
    kConfig = 8U,   ///< `mediamtx config`.
    kHook = 16U,    ///< `hook`.
    kCommand = kDirect | kThrough,
};

/// One row of the table of settings.
struct Row {
    std::string_view name;  ///< Environment variable, and key in the file ("API_PORT").
    Member member;
    std::string_view help;
    unsigned used_for = kServer;
    /// The default in words, where the initial value of the member does not say it.
    std::string_view default_words = {};

    bool is_secret() const noexcept { return member.is_secret; }
    /// The value in force; what is not set is told in words, in parentheses. Shows no secret.
    std::string shown(const Settings& settings) const;
    /// The default, as it is shown to people.
    std::string default_text() const;
    /// `API_PORT` → `--api-port`; empty for a secret: everybody can read a command line.
    std::string flag() const;
    /// `API_SECRET` → `API_SECRET_FILE`, the name of what names a file that holds the secret, as
    /// containers mount it. Empty for what is no secret.
    std::string file_name() const;
};

/// All settings, in the order in which they are documented. To add one, write its row and its
/// member; parsing, flags, `--help`, the start-up log and the page of the documentation follow.
const std::vector<Row>& rows();

}  // namespace rescuestream::settings

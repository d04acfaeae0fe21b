#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/member.hpp"

namespace rescuestream::settings {

/// The purposes for which a setting is read. A program only checks the settings that it uses, so
/// that an invalid setting of the server does not stop the command line. Values can be combined
/// with `|`.
enum Use : unsigned {
    kServer = 1U,
    kDirect = 2U,   ///< A command that works on the database.
    kThrough = 4U,  ///< A command that works through a server.
    kConfig = 8U,   ///< `mediamtx config`.
    kHook = 16U,    ///< `hook`.
    kHealth = 32U,  ///< `health`.
    kCommand = kDirect | kThrough,
};

/// One row of the table of settings.
struct Row {
    std::string_view name;  ///< Environment variable, and key in the file ("API_PORT").
    Member member;
    std::string_view help;
    unsigned used_for = kServer;
    /// The default in words if it is not the initial value of the member.
    std::string_view default_words = {};

    bool is_secret() const noexcept { return member.is_secret; }
    /// Returns the value in force; if it is not set, words in parentheses. Does not show secrets.
    std::string shown(const Settings& settings) const;
    /// Returns the default as it is shown to people.
    std::string default_text() const;
    /// `API_PORT` → `--api-port`; empty for a secret, because every user can read a command line.
    std::string flag() const;
    /// `API_SECRET` → `API_SECRET_FILE`, the name under which the path of a file with the secret is
    /// given, as containers mount it. Empty for a setting that is no part of a credential.
    std::string file_name() const;
    /// Returns a valid value, for messages. Empty: the messages contain one, or list all of them.
    std::string example() const;
};

/// All settings, in the order in which they are documented. To add one, write its row and its
/// member; parsing, flags, `--help`, the start-up log and the page of the documentation follow.
const std::vector<Row>& rows();

}  // namespace rescuestream::settings

#pragma once

#include <string>

#include "setting_readers.hpp"
#include "settings.hpp"

/// Settings that are one of a few words: how each is read, and shown.
namespace rescuestream::server::words {

readers::Problem read_log_level(const std::string& text, Settings& settings);
std::string show_log_level(const Settings& settings);

readers::Problem read_log_format(const std::string& text, Settings& settings);
std::string show_log_format(const Settings& settings);

readers::Problem read_legacy_path_keys(const std::string& text, Settings& settings);
std::string show_legacy_path_keys(const Settings& settings);

readers::Problem read_on_duplicate(const std::string& text, Settings& settings);
std::string show_on_duplicate(const Settings& settings);

readers::Problem read_unknown_publisher(const std::string& text, Settings& settings);
std::string show_unknown_publisher(const Settings& settings);

readers::Problem read_database_outage(const std::string& text, Settings& settings);
std::string show_database_outage(const Settings& settings);

}  // namespace rescuestream::server::words

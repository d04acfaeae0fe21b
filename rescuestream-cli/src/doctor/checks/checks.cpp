#include "doctor/checks/checks.hpp"

namespace rescuestream::cli::doctor {

const std::vector<Check>& all_checks() {
    static const std::vector<Check> checks{
        {"settings", check_settings},
        {"secret files", check_secret_files},
        {"data directory", check_data_directory},
        {"database", check_database},
        {"server", check_server},
        {"nodes", check_nodes},
        {"authentication", check_authentication},
        {"interfaces", check_interfaces},
        {"hooks", check_hooks},
        {"takeover", check_takeover},
        {"paths", check_paths},
        {"helpers", check_helpers},
        {"mediamtx.yml", check_file},
        {"clocks", check_clocks},
        {"addresses", check_addresses},
        {"ports", check_ports},
    };
    return checks;
}

}  // namespace rescuestream::cli::doctor

#pragma once

#include <string_view>
#include <vector>

namespace rescuestream::cli::doctor {

class Installation;
class Report;

// Each function examines one part of the installation and adds what it finds, also that everything
// is right. It changes nothing, and its requests are few and have a time limit.

void check_settings(Installation& installation, Report& report);
void check_secret_files(Installation& installation, Report& report);
void check_data_directory(Installation& installation, Report& report);
void check_database(Installation& installation, Report& report);
void check_server(Installation& installation, Report& report);
void check_nodes(Installation& installation, Report& report);
void check_authentication(Installation& installation, Report& report);
void check_interfaces(Installation& installation, Report& report);
void check_hooks(Installation& installation, Report& report);
void check_takeover(Installation& installation, Report& report);
void check_paths(Installation& installation, Report& report);
void check_file(Installation& installation, Report& report);
void check_helpers(Installation& installation, Report& report);
void check_clocks(Installation& installation, Report& report);
void check_addresses(Installation& installation, Report& report);
void check_ports(Installation& installation, Report& report);

struct Check {
    std::string_view name;  ///< As it is printed.
    void (*run)(Installation&, Report&);
};

/// All checks, in the order in which they run. To add one, write its file beside this one and its
/// line here.
const std::vector<Check>& all_checks();

}  // namespace rescuestream::cli::doctor

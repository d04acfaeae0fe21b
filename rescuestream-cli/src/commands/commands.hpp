#pragma once

namespace CLI {
class App;
}

namespace rescuestream::cli {

struct Program;

// Each function adds one noun with its verbs. A verb parses its options, makes one call, and prints
// the result.
void add_broadcaster_commands(CLI::App& app, Program& program);
void add_key_commands(CLI::App& app, Program& program);
void add_stream_commands(CLI::App& app, Program& program);
void add_guest_commands(CLI::App& app, Program& program);
void add_incident_commands(CLI::App& app, Program& program);
void add_node_commands(CLI::App& app, Program& program);
void add_status_commands(CLI::App& app, Program& program);
void add_health_commands(CLI::App& app, Program& program);
void add_doctor_commands(CLI::App& app, Program& program);
void add_audit_commands(CLI::App& app, Program& program);
void add_refusals_commands(CLI::App& app, Program& program);
void add_playback_commands(CLI::App& app, Program& program);
void add_viewer_commands(CLI::App& app, Program& program);
void add_playback_key_commands(CLI::App& app, Program& program);
void add_credential_commands(CLI::App& app, Program& program);
void add_profile_commands(CLI::App& app, Program& program);
void add_db_commands(CLI::App& app, Program& program);
void add_mediamtx_commands(CLI::App& app, Program& program);
void add_hook_commands(CLI::App& app, Program& program);
void add_completion_commands(CLI::App& app, Program& program);

}  // namespace rescuestream::cli

#include "examples.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rescuestream::cli {
namespace {

using Example = std::pair<std::string_view, std::string_view>;

// A test checks that every command has one, and that the program understands it.
constexpr std::array kExamples = std::to_array<Example>({
    {"",
     "  rescuestream-cli key create --broadcaster 'Drone team' --label 'Drone 1'\n  "
     "rescuestream-cli stream list --watch"},
    {"broadcaster", "  rescuestream-cli broadcaster list"},
    {"broadcaster add",
     "  rescuestream-cli broadcaster add 'Drone team' --metadata '{\"unit\":\"alpha\"}'"},
    {"broadcaster list", "  rescuestream-cli broadcaster list --sort name"},
    {"broadcaster show", "  rescuestream-cli broadcaster show 'Drone team'"},
    {"broadcaster edit",
     "  rescuestream-cli broadcaster edit 'Drone team' --name 'Drone team north'"},
    {"broadcaster disable", "  rescuestream-cli broadcaster disable 'Drone team'"},
    {"broadcaster enable", "  rescuestream-cli broadcaster enable 'Drone team'"},
    {"broadcaster remove", "  rescuestream-cli broadcaster remove 'Drone team' --force"},
    {"key", "  rescuestream-cli key list --status active"},
    {"key create",
     "  rescuestream-cli key create -b 'Drone team' --label 'Drone 1' --expires tonight --qr"},
    {"key list", "  rescuestream-cli key list -b 'Drone team' --status active --sort label"},
    {"key show", "  rescuestream-cli key show 'Drone 1'"},
    {"key edit",
     "  rescuestream-cli key edit 'Drone 1' --expires 2026-12-01T18:00 --reset allowed_addresses"},
    {"key rotate", "  rescuestream-cli key rotate 'Drone 1' --overlap 10m"},
    {"key disable", "  rescuestream-cli key disable 'Drone 1'"},
    {"key enable", "  rescuestream-cli key enable 'Drone 1'"},
    {"key revoke", "  rescuestream-cli key revoke 'Drone 1' --yes"},
    {"stream", "  rescuestream-cli stream list --watch"},
    {"stream list", "  rescuestream-cli stream list --state all --from 12h --output csv"},
    {"stream show", "  rescuestream-cli stream show live/drone1"},
    {"stream timeline", "  rescuestream-cli stream timeline live/drone1"},
    {"stream stop", "  rescuestream-cli stream stop live/drone1 --block 10m"},
    {"node", "  rescuestream-cli node list"},
    {"node add", "  rescuestream-cli node add north --api-url http://north.example:9997"},
    {"node list", "  rescuestream-cli node list --watch"},
    {"node show", "  rescuestream-cli node show north"},
    {"node edit", "  rescuestream-cli node edit north --label 'North station'"},
    {"node drain", "  rescuestream-cli node drain north"},
    {"node undrain", "  rescuestream-cli node undrain north"},
    {"node enforce", "  rescuestream-cli node enforce north"},
    {"node remove", "  rescuestream-cli node remove north"},
    {"status", "  rescuestream-cli status --server https://rescue.example"},
    {"health", "  rescuestream-cli health"},
    {"doctor", "  rescuestream-cli doctor"},
    {"audit", "  rescuestream-cli audit list"},
    {"audit list", "  rescuestream-cli audit list --from 24h --resource-type stream_key"},
    {"refusals", "  rescuestream-cli refusals --key 'Drone 1' --follow"},
    {"viewer", "  rescuestream-cli viewer list --path live/drone1"},
    {"viewer list", "  rescuestream-cli viewer list --path live/drone1 --watch"},
    {"viewer remove",
     "  rescuestream-cli viewer remove 264b0a18-3f0e-4f0b-9d3c-6b1f0c6f7a11 --yes"},
    {"playback", "  rescuestream-cli playback token live/drone1 --expires 8h"},
    {"playback token", "  rescuestream-cli playback token live/drone1 --expires 8h --short"},
    {"playback revoke", "  rescuestream-cli playback revoke --path live/drone1"},
    {"playback-key", "  rescuestream-cli playback-key list"},
    {"playback-key list", "  rescuestream-cli playback-key list"},
    {"playback-key import",
     "  rescuestream-cli playback-key import public.pem --issuer dispatch.example --path 'live/*'"},
    {"playback-key rotate", "  rescuestream-cli playback-key rotate --overlap 1h"},
    {"playback-key remove", "  rescuestream-cli playback-key remove dispatch-2026 --yes"},
    {"credential", "  rescuestream-cli credential list"},
    {"credential add",
     "  rescuestream-cli credential add 'Situation map' --scope streams:read --expires 30d"},
    {"credential list", "  rescuestream-cli credential list --sort last_used"},
    {"credential show", "  rescuestream-cli credential show 'Situation map'"},
    {"credential edit",
     "  rescuestream-cli credential edit 'Situation map' --allowed-address 192.0.2.0/24"},
    {"credential rotate", "  rescuestream-cli credential rotate 'Situation map' --overlap 1d"},
    {"credential revoke", "  rescuestream-cli credential revoke 'Situation map' --yes"},
    {"credential remove", "  rescuestream-cli credential remove 'Situation map' --yes"},
    {"whoami", "  rescuestream-cli whoami"},
    {"profile", "  rescuestream-cli profile list"},
    {"profile add",
     "  rescuestream-cli profile add north --server https://rescue.example --credential-file "
     "credential"},
    {"profile list", "  rescuestream-cli profile list"},
    {"profile use", "  rescuestream-cli profile use north"},
    {"profile remove", "  rescuestream-cli profile remove north --yes"},
    {"db", "  rescuestream-cli db status"},
    {"db status", "  rescuestream-cli db status"},
    {"db migrate", "  rescuestream-cli db migrate"},
    {"db backup", "  rescuestream-cli db backup rescuestream.backup"},
    {"db copy",
     "  rescuestream-cli db copy sqlite:rescuestream.db postgresql://localhost/rescuestream"},
    {"db restore", "  rescuestream-cli db restore rescuestream.backup"},
    {"mediamtx", "  rescuestream-cli mediamtx config --output mediamtx.yml"},
    {"mediamtx check", "  rescuestream-cli mediamtx check mediamtx.yml"},
    {"mediamtx config", "  rescuestream-cli mediamtx config --output mediamtx.yml"},
    {"hook", "  MTX_PATH=live/drone1 rescuestream-cli hook ready"},
    {"hook ready", "  MTX_PATH=live/drone1 rescuestream-cli hook ready"},
    {"hook not-ready", "  MTX_PATH=live/drone1 rescuestream-cli hook not-ready"},
    {"completion", "  source <(rescuestream-cli completion bash)"},
    {"completion bash", "  source <(rescuestream-cli completion bash)"},
    {"completion zsh", "  source <(rescuestream-cli completion zsh)"},
    {"completion fish", "  rescuestream-cli completion fish | source"},
});

}  // namespace

std::string example_of(std::string_view command) {
    const auto* found = std::find_if(kExamples.begin(), kExamples.end(),
                                     [&](const Example& each) { return each.first == command; });
    return found == kExamples.end() ? std::string() : std::string(found->second);
}

}  // namespace rescuestream::cli

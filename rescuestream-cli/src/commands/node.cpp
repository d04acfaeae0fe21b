#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "commands/commands.hpp"
#include "commands/lists.hpp"
#include "commands/verbs.hpp"
#include "files.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

struct NodeOptions {
    std::string name;
    std::optional<std::string> label;
    std::optional<std::string> api_url;
    std::optional<std::string> api_user;
    std::string api_password_file;
    std::optional<std::string> webrtc, hls, rtsp, rtmp, srt;
    bool yes = false;
};

Cell show_node_state(const NodeStatus& status) {
    if (status.node.draining) return {"draining", Colour::kWarning};
    switch (status.state) {
        case NodeState::kUp:
            return {"up", Colour::kGood};
        case NodeState::kNotAsking:
            return {"not asking", Colour::kWarning};
        case NodeState::kDegraded:
            return {"degraded", Colour::kWarning};
        case NodeState::kUnreachable:
            return {"unreachable", Colour::kBad};
        case NodeState::kUnknown:
            break;
    }
    return {"-", Colour::kFaint};
}

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

std::string show_enforcement(const NodeStanding& standing) {
    const std::string count =
        standing.unknown.empty() ? "" : fmt::format(" ({} recently)", standing.unknown.size());
    return standing.is_enforced()
               ? fmt::format("yes: publishers that were not accepted here are removed{}", count)
               : fmt::format(
                     "no: until MediaMTX has asked for the first time, publishers that were not "
                     "accepted here are only reported{}",
                     count);
}

std::string show_unknown(const UnknownSource& source, Timestamp now) {
    return fmt::format("{}  {}  {}  {}", source.path, to_string(source.protocol),
                       or_dash(source.remote_address), show_time(source.seen_at, now));
}

Result<ExitCode> show(const Program& program, const NodeStatus& status, Timestamp now) {
    const Node& node = status.node;
    if (program.options.json) {
        program.host.out << to_json(status) << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) {
        program.host.out << printable(node.name) << '\n';
        return ExitCode::kOk;
    }
    Details details;
    details.add("Name", node.name);
    details.add("Label", or_dash(node.label));
    details.add("State", show_node_state(status));
    if (!status.reason.empty()) details.add("Reason", {status.reason, Colour::kWarning});
    details.add("MediaMTX", or_dash(status.version));
    details.add("Last seen", show_time(status.seen_at, now));
    if (!status.reconciled_by.empty()) details.add("Supervised by", status.reconciled_by);
    details.add("Enforcing", show_enforcement(status.standing));
    for (const auto& source : status.standing.unknown) {
        details.add("", show_unknown(source, now));
    }
    details.add("API", or_dash(node.api_url));
    if (!node.api_user.empty()) details.add("API user", node.api_user);
    details.add("WebRTC", node.addresses.webrtc);
    details.add("HLS", node.addresses.hls);
    details.add("RTSP", node.addresses.rtsp);
    details.add("RTMP", node.addresses.rtmp);
    details.add("SRT", node.addresses.srt);
    if (status.is_default) details.add("Set up by", "this installation's settings");
    details.print(program.host);
    return ExitCode::kOk;
}

// Returns the addresses of the command line, added to those of the node. A WebRTC address alone
// determines the others.
Result<std::optional<PublicAddresses>> addresses_of(const NodeOptions& options,
                                                    const PublicAddresses& before) {
    if (!options.webrtc && !options.hls && !options.rtsp && !options.rtmp && !options.srt) {
        return std::optional<PublicAddresses>{};
    }
    PublicAddresses addresses = before;
    if (options.webrtc) {
        auto derived = derive_public_addresses(*options.webrtc);
        if (!derived) return usage_error("--webrtc: " + derived.error().message);
        addresses = *std::move(derived);
    }
    if (options.hls) addresses.hls = *options.hls;
    if (options.rtsp) addresses.rtsp = *options.rtsp;
    if (options.rtmp) addresses.rtmp = *options.rtmp;
    if (options.srt) addresses.srt = *options.srt;
    return std::optional(std::move(addresses));
}

Result<std::optional<Secret>> password_of(const NodeOptions& options) {
    if (options.api_password_file.empty()) return std::optional<Secret>{};
    auto secret = read_secret_file(options.api_password_file, "--api-password-file");
    if (!secret) return std::move(secret).error();
    return std::optional(*std::move(secret));
}

Result<ExitCode> add(const NodeOptions& options, const Program& program) {
    NewNode input;
    input.name = options.name;
    input.label = options.label.value_or("");
    input.api_url = options.api_url.value_or("");
    input.api_user = options.api_user.value_or("");
    auto password = password_of(options);
    if (!password) return std::move(password).error();
    if (*password) input.api_password = **std::move(password);
    auto addresses = addresses_of(options, input.addresses);
    if (!addresses) return std::move(addresses).error();
    if (*addresses) input.addresses = **std::move(addresses);

    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto created = (*admin)->create_node(input);
    if (!created) return created.error();
    const auto shown = show(program, *created, (*admin)->now());
    if (!program.options.json && !program.options.quiet) {
        program.host.out << fmt::format(
            "\nNow its MediaMTX has to ask: rescuestream-cli mediamtx config --node {}\n",
            printable(options.name));
    }
    return shown;
}

Result<ExitCode> list(const NodeOptions& /*options*/, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto nodes = (*admin)->list_nodes();
    if (!nodes) return nodes.error();
    const Timestamp now = (*admin)->now();
    ListOutput output{"nodes", {}, {}, Table({"NAME", "LABEL", "STATE", "MEDIAMTX", "LAST SEEN"}),
                      "",      {}};
    for (const auto& status : *nodes) {
        output.ids.push_back(status.node.name);
        output.items.push_back(to_json(status));
        output.table.add({status.node.name, or_dash(status.node.label), show_node_state(status),
                          or_dash(status.version), show_time(status.seen_at, now)});
    }
    print_list(program, output);
    return ExitCode::kOk;
}

Result<ExitCode> show_one(const NodeOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->find_node(options.name);
    if (!found) return found.error();
    return show(program, *found, (*admin)->now());
}

Result<ExitCode> change(const NodeOptions& options, const Program& program, NodePatch patch) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto before = (*admin)->find_node(options.name);
    if (!before) return before.error();
    auto addresses = addresses_of(options, before->node.addresses);
    if (!addresses) return std::move(addresses).error();
    patch.addresses = *std::move(addresses);
    const auto changed = (*admin)->update_node(options.name, patch);
    if (!changed) return changed.error();
    return show(program, *changed, (*admin)->now());
}

Result<ExitCode> edit(const NodeOptions& options, const Program& program) {
    NodePatch patch;
    patch.label = options.label;
    patch.api_url = options.api_url;
    patch.api_user = options.api_user;
    auto password = password_of(options);
    if (!password) return std::move(password).error();
    patch.api_password = *std::move(password);
    const bool has_address =
        options.webrtc || options.hls || options.rtsp || options.rtmp || options.srt;
    if (!patch.label && !patch.api_url && !patch.api_user && !patch.api_password && !has_address) {
        return usage_error("There is nothing to change: give --label, --api-url, …");
    }
    return change(options, program, std::move(patch));
}

Result<ExitCode> drain(const NodeOptions& options, const Program& program) {
    NodePatch patch;
    patch.draining = true;
    return change(options, program, std::move(patch));
}

Result<ExitCode> undrain(const NodeOptions& options, const Program& program) {
    NodePatch patch;
    patch.draining = false;
    return change(options, program, std::move(patch));
}

Result<ExitCode> enforce(const NodeOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->find_node(options.name);
    if (!found) return found.error();
    const auto question =
        fmt::format("Remove every publisher of node {} that RescueStream did not accept ({} now)?",
                    options.name, found->standing.unknown.size());
    if (!found->standing.is_enforced()) {
        const auto agreed = confirm(program.host, options.yes, question);
        if (!agreed || *agreed != ExitCode::kOk) return agreed;
    }
    const auto enforced = (*admin)->enforce_node(options.name);
    if (!enforced) return enforced.error();
    return show(program, *enforced, (*admin)->now());
}

Result<ExitCode> remove(const NodeOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto found = (*admin)->find_node(options.name);
    if (!found) return found.error();
    const auto question = fmt::format("Remove node {}?", options.name);
    const auto agreed = confirm(program.host, options.yes, question);
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    const auto removed = (*admin)->delete_node(options.name);
    if (!removed) return removed.error();
    if (program.options.json) {
        program.host.out << fmt::format("{{\"name\":{}}}\n", to_json(options.name));
    } else if (program.options.quiet) {
        program.host.out << printable(options.name) << '\n';
    } else {
        program.host.out << fmt::format("Node {} removed.\n", printable(options.name));
    }
    return ExitCode::kOk;
}

}  // namespace

void add_node_commands(CLI::App& app, Program& program) {
    Verbs<NodeOptions> verbs(app, program, "node", "MediaMTX servers that are supervised");
    const auto add_name_to = [&](CLI::App* verb) {
        add_target(verb, "NODE", verbs->name, "Name");
        return verb;
    };
    const auto add_members_to = [&](CLI::App* verb) {
        verb->add_option("--label", verbs->label, "A description for people")->type_name("TEXT");
        auto* url = verb->add_option("--api-url", verbs->api_url,
                                     "MediaMTX's control interface, e.g. http://10.0.0.2:9997");
        url->type_name("URL");
        verb->add_option("--api-user", verbs->api_user, "User name for the control interface")
            ->type_name("NAME");
        verb->add_option("--api-password-file", verbs->api_password_file,
                         "File with the password for the control interface")
            ->type_name("FILE");
        verb->add_option("--webrtc", verbs->webrtc,
                         "WebRTC address as viewers reach it; the other addresses follow from it")
            ->type_name("URL");
        verb->add_option("--hls", verbs->hls, "HLS address as viewers reach it")->type_name("URL");
        verb->add_option("--rtsp", verbs->rtsp, "RTSP address as encoders and viewers reach it")
            ->type_name("URL");
        verb->add_option("--rtmp", verbs->rtmp, "RTMP address as encoders reach it")
            ->type_name("URL");
        verb->add_option("--srt", verbs->srt, "SRT address as encoders reach it")->type_name("URL");
        return url;
    };

    auto* add_verb = verbs.add("add", "Register another MediaMTX", add);
    add_target(add_verb, "NODE", verbs->name, "Name: 1 to 32 of a-z, 0-9 and dashes");
    add_members_to(add_verb)->required();
    verbs.add("list", "List nodes and their state", list);
    add_name_to(verbs.add("show", "Show one node", show_one));
    add_members_to(add_name_to(verbs.add("edit", "Change the given members of a node", edit)));
    add_name_to(verbs.add("drain", "Refuse new publishers there; the present ones stay", drain));
    add_name_to(verbs.add("undrain", "Accept publishers there again", undrain));
    auto* enforce_verb = add_name_to(verbs.add(
        "enforce", "Remove publishers that RescueStream did not accept, from now on", enforce));
    enforce_verb->add_flag("-y,--yes", verbs->yes, "Do not ask");
    auto* remove_verb =
        add_name_to(verbs.add("remove", "Remove a node; no publisher is kicked", remove));
    remove_verb->add_flag("-y,--yes", verbs->yes, "Do not ask");
}

}  // namespace rescuestream::cli

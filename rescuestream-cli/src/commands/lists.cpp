#include "commands/lists.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <unordered_map>

#include "rescuestream/json.hpp"

namespace rescuestream::cli {

void add_page_options(CLI::App& verb, PageOptions& options, const char* limit_help) {
    verb.add_option("--limit", options.limit, limit_help)
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000).description(""));
    verb.add_option("--cursor", options.cursor, "Continue where an earlier list ended")
        ->type_name("CURSOR");
}

void print_list(const Program& program, const ListOutput& output) {
    auto& out = program.host.out;
    if (program.options.json) {
        out << "{\"" << output.name << "\":[";
        for (std::size_t i = 0; i < output.items.size(); ++i) {
            out << (i == 0 ? "" : ",") << output.items[i];
        }
        out << "],\"count\":" << output.items.size();
        if (output.next) out << ",\"next_cursor\":" << to_json(output.next->encode());
        out << "}\n";
        return;
    }
    if (program.options.quiet) {
        for (const auto& id : output.ids) out << id << '\n';
    } else if (output.ids.empty()) {
        out << output.empty << '\n';
    } else {
        output.table.print(program.host);
    }
    if (output.next) {
        program.host.err << "There are more: --cursor " << output.next->encode() << '\n';
    }
}

std::function<std::string(BroadcasterId)> broadcaster_names(BroadcasterApi& admin) {
    auto names = std::make_shared<std::unordered_map<BroadcasterId, std::string>>();
    if (const auto list = admin.list_broadcasters({})) {
        for (const auto& broadcaster : list->items) {
            names->emplace(broadcaster.id, broadcaster.display_name);
        }
    }
    return [names](BroadcasterId id) {
        const auto found = names->find(id);
        return found == names->end() ? id.to_string() : found->second;
    };
}

std::string show_broadcaster(BroadcasterApi& admin, BroadcasterId id) {
    const auto broadcaster = admin.find_broadcaster(id);
    const std::string text = id.to_string();
    return broadcaster ? broadcaster->display_name + " (" + text + ")" : text;
}

}  // namespace rescuestream::cli

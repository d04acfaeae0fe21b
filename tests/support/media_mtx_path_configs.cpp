#include "support/media_mtx_path_configs.hpp"

#include <chrono>
#include <optional>

#include "json/document.hpp"
#include "support/media_mtx_json.hpp"

namespace rescuestream::testing {
namespace {

// Returns `config` with the changes of the body.
MediaPathConfig config_in(const std::string& body, MediaPathConfig config) {
    const auto parsed = json::parse(body);
    if (!parsed || !parsed->IsObject()) return config;
    const auto& document = *parsed;
    const auto read_seconds = [&](const char* name, std::optional<std::chrono::seconds>& value) {
        if (!document.HasMember(name)) return;
        value = std::chrono::seconds(std::stoll(document[name].GetString()));
    };
    if (document.HasMember("sourceOnDemand")) {
        config.source_on_demand = document["sourceOnDemand"].GetBool();
    }
    if (document.HasMember("record")) {
        config.recording.emplace().enabled = document["record"].GetBool();
        if (document.HasMember("recordPath")) {
            config.recording->settings = *JsonObject::parse(
                std::string(R"({"recordPath":")") + document["recordPath"].GetString() + "\"}");
        }
    }
    if (document.HasMember("source")) config.source = document["source"].GetString();
    read_seconds("sourceOnDemandStartTimeout", config.source_on_demand_start_timeout);
    read_seconds("sourceOnDemandCloseAfter", config.source_on_demand_close_after);
    return config;
}

}  // namespace

MtxAnswer MtxPathConfigs::answer(const std::string& method, const std::string& action,
                                 const std::string& body) {
    const std::lock_guard lock(mutex_);
    if (const auto name = behind(action, "add/"); name && method == "POST") {
        const auto config = config_in(body, {});
        if (!model_.add_path_config(*name, config)) return refused(400, "path already exists");
        configs_[*name] = config;
        return {.body = mtx_json::ok()};
    }
    if (const auto name = behind(action, "patch/"); name && method == "PATCH") {
        const auto config = config_in(body, configs_[*name]);
        if (!model_.patch_path_config(*name, config)) return refused(404, "path not found");
        configs_[*name] = config;
        return {.body = mtx_json::ok()};
    }
    if (const auto name = behind(action, "delete/"); name && method == "DELETE") {
        if (!model_.delete_path_config(*name)) return refused(404, "path not found");
        configs_.erase(*name);
        return {.body = mtx_json::ok()};
    }
    if (const auto name = behind(action, "get/"); name && method == "GET") {
        if (*name == "all_others" && !configs_.contains(*name)) {
            MediaPathConfig everybody;
            everybody.source = "publisher";
            everybody.source_on_demand = false;
            everybody.recording = model_.default_recording().value();
            return {.body = mtx_json::path_config(*name, everybody)};
        }
        const auto found = configs_.find(*name);
        if (found == configs_.end()) return refused(404, "path configuration not found");
        return {.body = mtx_json::path_config(*name, found->second)};
    }
    return unknown_route();
}

std::vector<std::string> MtxPathConfigs::all() {
    MediaPathConfig everybody;
    everybody.source = "publisher";
    std::vector<std::string> items;
    const auto own = model_.configuration().value().paths;
    for (const auto& entry : own) items.push_back(mtx_json::path_settings(entry));
    if (own.empty()) items.push_back(mtx_json::path_config("all_others", everybody));
    const auto all = model_.list_path_configs().value();
    const std::lock_guard lock(mutex_);
    for (const auto& entry : all) {
        // An entry that a test added to the model has no details.
        auto config = configs_[entry.name];
        config.source = entry.source;
        items.push_back(mtx_json::path_config(entry.name, config));
    }
    return items;
}

}  // namespace rescuestream::testing

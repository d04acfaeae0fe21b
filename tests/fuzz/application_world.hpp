#pragma once

#include <memory>
#include <string>

#include "api.hpp"
#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "settings/settings.hpp"

namespace rescuestream::fuzz {

/// The routes of the server over a storage in memory, with one broadcaster and one key whose value
/// and path inputs can name.
class ApplicationWorld {
public:
    static constexpr const char* kSecret = "api secret";
    static constexpr const char* kKeyValue = "sk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
    static constexpr const char* kPath = "live/abc";
    static constexpr const char* kBroadcaster = "018f4d2e-0000-7000-8000-000000000001";

    ApplicationWorld() : orchestrator_(make_options()) {
        settings_.api_secret = Secret(std::string(kSecret));
    }

    /// Sends a request with valid credentials.
    server::HttpResponse call(std::string method, std::string target, std::string_view body) {
        server::HttpRequest request;
        request.method = std::move(method);
        request.set_target(std::move(target));
        request.headers = {{"content-type", "application/json"}, {"x-api-key", kSecret}};
        request.body = body;
        request.remote_address = "127.0.0.1";
        return application_.handle(std::move(request));
    }

    StreamOrchestrator& orchestrator() { return orchestrator_; }

private:
    static OrchestratorOptions make_options() {
        OrchestratorOptions options;
        options.storage = open_storage("memory:").value();
        options.media_server = std::make_unique<testing::FakeMediaServer>();
        options.settings.on_duplicate = OnDuplicate::kTakeover;

        Broadcaster broadcaster;
        broadcaster.id = BroadcasterId::parse(kBroadcaster).value();
        broadcaster.display_name = "Broadcaster";
        AuditEntry audit;
        options.storage->create_broadcaster(broadcaster, audit).value();
        StreamKeyRow row;
        row.key.id = StreamKeyId(broadcaster.id.uuid());
        row.key.broadcaster_id = broadcaster.id;
        row.key.playback_path = kPath;
        row.digest = digest_key_value(kKeyValue);
        audit.id = AuditEntryId(broadcaster.id.uuid());
        options.storage->create_stream_key(row, audit).value();
        return options;
    }

    Settings settings_;
    StreamOrchestrator orchestrator_;
    server::Application application_ = server::make_api({orchestrator_, settings_, null_logger()});
};

}  // namespace rescuestream::fuzz

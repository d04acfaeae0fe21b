#include "admin/http_admin.hpp"

#include <algorithm>
#include <utility>

#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/refused_attempt_json.hpp"
#include "problem.hpp"

namespace rescuestream::cli {
namespace {

class HttpAudit final : public AuditApi {
public:
    explicit HttpAudit(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<AuditPage> list_audit(const AuditFilter& filter) override {
        messages::Query query;
        query.add("limit", std::string_view(std::to_string(filter.limit)));
        query.add("offset", std::string_view(std::to_string(filter.offset)));
        add(query, filter);
        return messages::parse_answer(caller_->call("GET", "/audit-logs", query.text()),
                                      read_audit_page);
    }

    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                          const PageRequest& page) override {
        messages::Query query;
        add(query, filter);
        query.add(page);
        const auto reply = caller_->call("GET", "/audit-logs/export", query.text());
        if (!reply) return reply.error();
        Page<AuditEntry> entries;
        std::string_view rest = reply->body;
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            HttpReply line;
            line.body = rest.substr(0, end);
            auto entry = messages::parse_answer(line, fields::read_audit_entry);
            if (!entry) return std::move(entry).error();
            entries.items.push_back(*std::move(entry));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        if (!reply->next_cursor.empty()) {
            entries.next = Cursor::decode(reply->next_cursor);
            if (!entries.next) return messages::bad_answer("the cursor is malformed");
        }
        return entries;
    }

    Result<AuditCheckpoint> audit_checkpoint() override { return needs_database(); }

    Result<AuditVerification> verify_audit(const std::optional<AuditCheckpoint>& /*checkpoint*/,
                                           const AuditProgress& /*progress*/) override {
        return needs_database();
    }

private:
    static void add(messages::Query& query, const AuditFilter& filter) {
        query.add("action", filter.action);
        query.add("actor", filter.actor_contains);
        query.add("resource_type", filter.resource_type);
        query.add("resource_id", filter.resource_id);
        query.add("incident_id", filter.incident_id);
        query.add("from", filter.from);
        query.add("to", filter.to);
    }
    static Error needs_database() {
        return {
            ErrorCode::kUnsupported,
            "The chain of the audit log is checked in the database itself, because a server that "
            "was taken over could answer anything: give DATABASE_URL or DATA_DIR instead of "
            "--server.",
            "",
            {}};
    }

    std::shared_ptr<HttpCaller> caller_;
};

class HttpRefusals final : public RefusalApi {
public:
    explicit HttpRefusals(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) override {
        messages::Query query;
        query.add("limit", std::string_view(std::to_string(filter.limit)));
        query.add("address", filter.network);
        query.add("path", filter.path);
        query.add("reason", filter.reason);
        query.add("stream_key_id", filter.stream_key_id);
        query.add("incident_id", filter.incident_id);
        query.add("since", filter.since);
        auto page = messages::parse_list(caller_->call("GET", "/refusals", query.text()),
                                         "refusals", fields::read_refused_attempt);
        if (!page) return std::move(page).error();
        return std::move(page->items);
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

class NoSchema final : public SchemaApi {
public:
    Result<SchemaReport> schema_status() override {
        return Error{
            ErrorCode::kUnsupported, "The schema cannot be read through a server.", "", {}};
    }

    Result<SchemaReport> migrate(std::optional<int>) override {
        return Error{
            ErrorCode::kUnsupported,
            "A database cannot be migrated through a server, which migrates it at its start.",
            "",
            {}};
    }
};

class HttpHealth final : public HealthApi {
public:
    explicit HttpHealth(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<HealthReport> health() override {
        // The route is public. 503 has the checks too.
        const auto reply = caller_->get_public("/readyz?verbose");
        if (!reply) return reply.error();
        if (reply->status != 200 && reply->status != 503) return problem_error(*reply);
        return messages::parse_answer(reply, [&](const rapidjson::Value& json) {
            HealthReport report{reply->status == 200, {}};
            for (const auto& check : read::array(json, "checks").GetArray()) {
                report.checks.push_back(fields::read_health_check(check));
            }
            return report;
        });
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<AdminApi> make_http_admin(ServerConnection server, const Clock& clock) {
    const auto caller = std::make_shared<HttpCaller>(std::move(server), clock);
    return std::make_unique<AdminApi>(
        AdminApi::Roles{
            make_http_broadcasters(caller), make_http_keys(caller), make_http_streams(caller),
            make_http_nodes(caller), std::make_unique<HttpAudit>(caller),
            std::make_unique<NoSchema>(), std::make_unique<HttpHealth>(caller),
            std::make_unique<HttpRefusals>(caller), make_http_playback(caller),
            make_http_credentials(caller), make_http_incidents(caller), make_http_guests(caller)},
        [caller] { return caller->time(); });
}

}  // namespace rescuestream::cli

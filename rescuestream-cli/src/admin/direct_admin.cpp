#include "admin/direct_admin.hpp"

#include <utility>

#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectAudit final : public AuditApi {
public:
    explicit DirectAudit(DirectAccess access) : access_(std::move(access)) {}

    Result<AuditPage> list_audit(const AuditFilter& filter) override {
        return access_.orchestrator->list_audit(filter);
    }

    Result<Page<AuditEntry>> export_audit(const AuditFilter& filter,
                                          const PageRequest& page) override {
        return access_.orchestrator->export_audit(filter, page);
    }

    Result<AuditCheckpoint> audit_checkpoint() override {
        return access_.orchestrator->audit_checkpoint();
    }

    Result<AuditVerification> verify_audit(const std::optional<AuditCheckpoint>& checkpoint,
                                           const AuditProgress& progress) override {
        return access_.orchestrator->verify_audit(checkpoint, progress);
    }

private:
    DirectAccess access_;
};

class DirectRefusals final : public RefusalApi {
public:
    explicit DirectRefusals(DirectAccess access) : access_(std::move(access)) {}

    Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) override {
        return access_.orchestrator->list_refused_attempts(filter);
    }

private:
    DirectAccess access_;
};

class DirectSchema final : public SchemaApi {
public:
    explicit DirectSchema(DirectAccess access) : access_(std::move(access)) {}

    Result<SchemaReport> schema_status() override {
        auto status = access_.orchestrator->schema_status();
        if (!status) return std::move(status).error();
        return SchemaReport{access_.storage, *std::move(status)};
    }

    Result<SchemaReport> migrate(std::optional<int> target) override {
        auto status = access_.orchestrator->migrate(target);
        if (!status) return std::move(status).error();
        return SchemaReport{access_.storage, *std::move(status)};
    }

private:
    DirectAccess access_;
};

class DirectHealth final : public HealthApi {
public:
    DirectHealth(DirectAccess access, std::unique_ptr<NodeApi> nodes)
        : access_(std::move(access)), nodes_(std::move(nodes)) {}

    Result<HealthReport> health() override {
        const Health health = access_.orchestrator->health();
        HealthReport report{health.storage_reachable && !health.storage_full, {}};
        for (auto& check : access_.orchestrator->health_checks(health)) {
            // The others are about threads that only a server has.
            if (check.name.starts_with("database")) report.checks.push_back(std::move(check));
        }
        const auto nodes = nodes_->list_nodes();
        if (!nodes) return report;  // the check of the database says why
        for (const auto& node : *nodes)
            report.checks.push_back(check_of(node, access_.orchestrator->now()));
        return report;
    }

private:
    DirectAccess access_;
    std::unique_ptr<NodeApi> nodes_;
};

}  // namespace

std::unique_ptr<AdminApi> make_direct_admin(const DirectAccess& access, NodeProbe probe) {
    return std::make_unique<AdminApi>(
        AdminApi::Roles{make_direct_broadcasters(access), make_direct_keys(access),
                        make_direct_streams(access, probe), make_direct_nodes(access, probe),
                        std::make_unique<DirectAudit>(access),
                        std::make_unique<DirectSchema>(access),
                        std::make_unique<DirectHealth>(access, make_direct_nodes(access, probe)),
                        std::make_unique<DirectRefusals>(access), make_direct_playback(access),
                        make_direct_credentials(access), make_direct_incidents(access),
                        make_direct_guests(access)},
        [orchestrator = access.orchestrator] { return orchestrator->now(); });
}

}  // namespace rescuestream::cli

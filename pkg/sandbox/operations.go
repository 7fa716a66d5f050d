package sandbox

import (
	"net/http"
	"strings"
)

// operations are the 141 operations of the reference under /apps/v3/, in its order. The reference contains
// neither paths nor methods: those of the standard routes follow from the collection, some were seen in
// clients, and the rest is INFERRED. An operation without a function answers 501.
var operations = []struct {
	method, path, id string
	run              operation
}{
	{"GET", "app-templates/", "ListAppTemplates", nil},
	{"GET", "app-templates/{uuid}/", "GetAppTemplate", nil},

	{"GET", "application-activities/", "ListApplicationActivities", nil},
	{"GET", "application-activities/{uuid}/", "GetApplicationActivity", nil},

	{"GET", "applications/", "ListApplications", listApplications},
	{"POST", "applications/", "CreateApplication", createApplication},
	{"GET", "applications/{uuid}/", "GetApplication", get(applications, showApplication)},
	{"PUT", "applications/{uuid}/", "UpdateApplication", updateApplication},
	{"PATCH", "applications/{uuid}/", "PartialUpdateApplication", updateApplication},
	{"POST", "applications/{uuid}/archive/", "ArchiveApplication", archiveApplication},
	{"POST", "applications/{uuid}/avatar/", "UploadApplicationAvatar", receivePicture},
	{"DELETE", "applications/{uuid}/avatar/", "DeleteApplicationAvatar", deletePicture},
	{"POST", "applications/{uuid}/copy/", "CopyApplication", copyApplication},
	{"POST", "applications/{uuid}/migrate-to-external-repository/", "MigrateApplicationToExternalRepository", migrateApplication},
	{"POST", "applications/{uuid}/screenshot/", "UploadApplicationScreenshot", receivePicture},
	{"DELETE", "applications/{uuid}/screenshot/", "DeleteApplicationScreenshot", deletePicture},
	{"POST", "applications/{uuid}/transfer/", "TransferApplication", transferApplication},

	{"GET", "backup-download-service-instances/", "ListBackupDownloadServiceInstances", nil},
	{"GET", "backup-download-service-instances/{uuid}/", "GetBackupDownloadServiceInstance", nil},

	{"GET", "backup-downloads/", "ListBackupDownloads", nil},
	{"POST", "backup-downloads/", "CreateBackupDownload", nil},
	{"GET", "backup-downloads/{uuid}/", "GetBackupDownload", nil},

	{"GET", "backup-restores/", "ListBackupRestores", nil},
	{"POST", "backup-restores/", "CreateBackupRestore", nil},
	{"GET", "backup-restores/{uuid}/", "GetBackupRestore", nil},

	{"GET", "backup-retention-configurations/", "ListBackupRetentionConfigurations", nil},
	{"GET", "backup-retention-configurations/{uuid}/", "GetBackupRetentionConfiguration", nil},

	{"GET", "backups/", "ListBackups", nil},
	{"POST", "backups/", "CreateBackup", nil},
	{"GET", "backups/{uuid}/", "GetBackup", nil},
	{"POST", "backups/upload/", "UploadBackups", nil},

	{"GET", "builds/", "ListBuilds", nil},
	{"GET", "builds/{uuid}/", "GetBuild", nil},
	{"POST", "builds/{uuid}/cloudevent/", "PostBuildCloudevent", nil},

	{"GET", "charges/", "ListCharges", nil},
	{"GET", "charges/{uuid}/", "GetCharge", nil},

	{"GET", "container-registries/", "ListContainerRegistries", listContainerRegistries},
	{"POST", "container-registries/", "CreateContainerRegistry", createContainerRegistry},
	{"GET", "container-registries/{uuid}/", "GetContainerRegistry", get(containerRegistries, plain)},
	{"PUT", "container-registries/{uuid}/", "UpdateContainerRegistry", updateContainerRegistry},
	{"PATCH", "container-registries/{uuid}/", "PartialUpdateContainerRegistry", updateContainerRegistry},
	{"DELETE", "container-registries/{uuid}/", "DestroyContainerRegistry", destroyContainerRegistry},

	{"GET", "container-specifications/", "container_specifications_retrieve", nil},

	{"GET", "countries/", "ListCountries", nil},
	{"GET", "countries/{uuid}/", "GetCountry", nil},

	{"GET", "cronjobs/", "ListCronjobs", listCronjobs},
	{"POST", "cronjobs/", "CreateCronjob", createCronjob},
	{"GET", "cronjobs/{uuid}/", "GetCronjob", get(cronjobs, plain)},
	{"PUT", "cronjobs/{uuid}/", "UpdateCronjob", updateCronjob},
	{"PATCH", "cronjobs/{uuid}/", "PartialUpdateCronjob", updateCronjob},
	{"DELETE", "cronjobs/{uuid}/", "DestroyCronjob", destroyCronjob},
	{"GET", "cronjobs/{uuid}/logs/", "GetCronjobLogs", getCronjobLogs},

	{"GET", "deployments/", "ListDeployments", listDeployments},
	{"POST", "deployments/", "CreateDeployment", createDeployment},
	{"GET", "deployments/{uuid}/", "GetDeployment", get(deployments, showDeployment)},
	{"PATCH", "deployments/{uuid}/", "PartialUpdateDeployment", updateDeployment},
	{"GET", "deployments/{uuid}/environment-variables/", "GetDeploymentEnvironmentVariables", getDeploymentVariables},
	{"GET", "deployments/{uuid}/logs/", "GetDeploymentLogs", getDeploymentLogs},
	{"POST", "deployments/bulk/", "CreateDeploymentsInBulk", nil},

	{"GET", "domains/", "ListDomains", listDomains},
	{"POST", "domains/", "CreateDomain", createDomain},
	{"GET", "domains/{uuid}/", "GetDomain", get(domains, plain)},
	{"PUT", "domains/{uuid}/", "UpdateDomain", updateDomain},
	{"PATCH", "domains/{uuid}/", "PartialUpdateDomain", updateDomain},
	{"DELETE", "domains/{uuid}/", "DestroyDomain", destroyDomain},
	{"POST", "domains/{uuid}/actions/{domain_action}/", "AdditionalDomainAction", domainAction},
	{"POST", "domains/{uuid}/make-primary/", "MakePrimaryDomain", makePrimaryDomain},
	{"POST", "domains/{uuid}/toggle-redirect/", "ToggleRedirectDomain", toggleRedirectDomain},
	{"POST", "domains/{uuid}/transfer/", "TransferDomain", transferDomain},

	{"GET", "environment-metric-metadata/", "ListEnvironmentMetricMetadata", nil},
	{"GET", "environment-metric-metadata/{uuid}/", "GetEnvironmentMetricMetadata", nil},

	{"GET", "environment-variables/", "ListEnvironmentVariables", listVariables},
	{"POST", "environment-variables/", "CreateEnvironmentVariable", createVariable},
	{"GET", "environment-variables/{uuid}/", "GetEnvironmentVariable", get(variables, showVariable)},
	{"PUT", "environment-variables/{uuid}/", "UpdateEnvironmentVariable", updateVariable},
	{"PATCH", "environment-variables/{uuid}/", "PartialUpdateEnvironmentVariable", updateVariable},
	{"DELETE", "environment-variables/{uuid}/", "DestroyEnvironmentVariable", destroyVariable},
	{"POST", "environment-variables/{uuid}/move-after/", "MoveAfterEnvironmentVariable", moveVariable(1)},
	{"POST", "environment-variables/{uuid}/move-before/", "MoveBeforeEnvironmentVariable", moveVariable(0)},

	{"GET", "environments/", "ListEnvironments", listEnvironments},
	{"POST", "environments/", "CreateEnvironment", createEnvironment},
	{"GET", "environments/{uuid}/", "GetEnvironment", getEnvironment},
	{"PUT", "environments/{uuid}/", "UpdateEnvironment", updateEnvironment},
	{"PATCH", "environments/{uuid}/", "PartialUpdateEnvironment", updateEnvironment},
	{"DELETE", "environments/{uuid}/", "DestroyEnvironment", destroyEnvironment},
	{"POST", "environments/{uuid}/copy/", "CopyEnvironment", copyEnvironment},
	{"GET", "environments/{uuid}/logs/", "GetEnvironmentLogs", getEnvironmentLogs},
	{"GET", "environments/{uuid}/logs-occurrence/", "GetEnvironmentLogsOccurrence", getEnvironmentLogsOccurrence},
	{"GET", "environments/{uuid}/metrics/", "GetEnvironmentMetrics", getEnvironmentMetrics},
	{"POST", "environments/{uuid}/stop/", "StopEnvironment", stopEnvironment},

	{"GET", "invoice-items/", "ListInvoiceItems", nil},
	{"GET", "invoice-items/{uuid}/", "GetInvoiceItem", nil},

	{"GET", "invoices/", "ListInvoices", nil},
	{"GET", "invoices/{uuid}/", "GetInvoice", nil},

	{"GET", "licenses/", "ListLicenses", nil},

	{"GET", "maintenance-runs/", "ListMaintenanceRuns", nil},
	{"GET", "maintenance-runs/{uuid}/", "GetMaintenanceRun", nil},
	{"POST", "maintenance-runs/{uuid}/cancel/", "CancelMaintenanceRun", nil},
	{"POST", "maintenance-runs/{uuid}/run/", "RunMaintenanceRun", nil},
	{"POST", "maintenance-runs/{uuid}/skip/", "SkipMaintenanceRun", nil},

	{"GET", "regions/", "ListRegions", listRegions},
	{"GET", "regions/{uuid}/", "GetRegion", get(regions, plain)},

	{"GET", "repositories/", "ListRepositories", listRepositories},
	{"POST", "repositories/", "CreateRepository", createRepository},
	{"GET", "repositories/{uuid}/", "GetRepository", get(repositories, showRepository)},
	{"PUT", "repositories/{uuid}/", "UpdateRepository", updateRepository},
	{"PATCH", "repositories/{uuid}/", "PartialUpdateRepository", updateRepository},
	{"DELETE", "repositories/{uuid}/", "DestroyRepository", destroyRepository},
	{"POST", "repositories/{uuid}/check/", "CheckRepository", checkRepository},
	{"GET", "repositories/{uuid}/commits/", "GetRepositoryCommits", getRepositoryCommits},
	{"GET", "repositories/{uuid}/endpoint/", "GetRepositoryEndpoint", getRepositoryEndpoint},
	{"POST", "repositories/{uuid}/generate-keypair/", "GenerateRepositoryKeypair", generateKeypair},
	{"POST", "repositories/{uuid}/pull/", "PullRepository", updateClone},
	{"POST", "repositories/{uuid}/reset-to-origin/", "ResetRepositoryToOrigin", updateClone},
	{"POST", "repositories/{uuid}/transfer/", "TransferRepository", transferRepository},
	{"POST", "repositories/{uuid}/verify/", "VerifyRepository", verifyRepository},

	{"GET", "scheduled-backup-configurations/", "ListScheduledBackupConfigurations", nil},
	{"GET", "scheduled-backup-configurations/{uuid}/", "GetScheduledBackupConfiguration", nil},

	{"GET", "schema/", "schema_retrieve", getSchema},

	{"GET", "service-instance-backup-restores/", "ListServiceInstanceBackupRestores", nil},
	{"GET", "service-instance-backup-restores/{uuid}/", "GetServiceInstanceBackupRestore", nil},

	{"GET", "service-instance-backups/", "ListServiceInstanceBackups", nil},
	{"GET", "service-instance-backups/{uuid}/", "GetServiceInstanceBackup", nil},

	{"GET", "service-instances/", "ListServiceInstances", listInstances},
	{"POST", "service-instances/", "CreateServiceInstance", createInstance},
	{"GET", "service-instances/{uuid}/", "GetServiceInstance", get(instances, showInstance)},
	{"PUT", "service-instances/{uuid}/", "UpdateServiceInstance", updateInstance},
	{"PATCH", "service-instances/{uuid}/", "PartialUpdateServiceInstance", updateInstance},
	{"DELETE", "service-instances/{uuid}/", "DestroyServiceInstance", destroyInstance},
	{"POST", "service-instances/{uuid}/attach/", "AttachServiceInstance", switchInstance("attached", attachMoves)},
	{"POST", "service-instances/{uuid}/detach/", "DetachServiceInstance", switchInstance("detached", detachMoves)},
	{"POST", "service-instances/{uuid}/provision/", "ProvisionServiceInstance", provisionInstance},

	{"GET", "services/", "ListServices", listServices},
	{"GET", "services/{uuid}/", "GetService", get(services, plain)},

	{"GET", "webhooks/", "ListWebhooks", listWebhooks},
	{"POST", "webhooks/", "CreateWebhook", createWebhook},
	{"GET", "webhooks/{uuid}/", "GetWebhook", get(webhooks, showWebhook)},
	{"DELETE", "webhooks/{uuid}/", "DestroyWebhook", destroyWebhook},
	{"POST", "webhooks/{uuid}/generate-secret/", "GenerateWebhookSecret", generateWebhookSecret},
	{"POST", "webhooks/{uuid}/remote-install/", "WebhookRemoteInstall", installWebhook},
	{"POST", "webhooks/{uuid}/trigger/", "TriggerWebhook", triggerWebhook},
}

// related are the calls of other parts of the API that clients need. The reference of the apps API does not
// list them, so they have no operation id here.
var related = []struct {
	path string
	run  operation
}{
	{"/iam/v3/me/", getMe},
	{"/iam/v3/organisations/", listOrganisations},
	{"/iam/v3/organisations/{uuid}/", get(organisations, plain)},
	{"/billing/v3/application-plan-groups/", listPlanGroups},
	{"/billing/v3/application-plan-groups/{uuid}/", get(planGroups, plain)},
}

// otherPaths are alternative paths of inferred operations, as likely as the one in the table. Both are served.
var otherPaths = map[string]string{
	"AdditionalDomainAction":       "domains/{uuid}/{domain_action}/",
	"GenerateRepositoryKeypair":    "repositories/{uuid}/keypair/",
	"GetEnvironmentLogsOccurrence": "environments/{uuid}/logs/occurrence/",
}

// openOperations need no token: the reference says so of the schema, and calls the trigger of a webhook public.
var openOperations = map[string]bool{"schema_retrieve": true, "TriggerWebhook": true}

// root is the path of the operations of the table.
const root = "/apps/v3/"

func newRouter(snake bool) *router {
	rt := &router{}
	rt.add(route{method: http.MethodGet, path: root, run: getRoot, open: true})
	for _, op := range operations {
		r := route{method: op.method, path: root + op.path, id: op.id, run: op.run, open: openOperations[op.id]}
		if r.run == nil {
			r.run = unsupported(op.id)
		}
		var others []string
		switch spelled := snakeAction(r); {
		case snake:
			r.path = spelled
		case spelled != r.path:
			others = append(others, spelled)
		}
		if other, has := otherPaths[op.id]; has && !snake {
			others = append(others, root+other)
		}
		rt.add(r, others...)
	}
	for _, call := range related {
		rt.add(route{method: http.MethodGet, path: call.path, run: call.run})
	}
	return rt
}

// snakeAction spells the custom action of a path with underscores. The variables of a deployment keep their
// hyphen, which was seen in a client.
func snakeAction(r route) string {
	collection, action, isAction := strings.Cut(r.path, "{uuid}/")
	if !isAction || r.id == "GetDeploymentEnvironmentVariables" {
		return r.path
	}
	return collection + "{uuid}/" + strings.ReplaceAll(action, "-", "_")
}

// unsupported answers an operation that exists in the API but not in the sandbox, with an error that cannot be
// confused with an answer of the API.
func unsupported(id string) operation {
	return func(*call) (answer, error) {
		return answer{}, detail(http.StatusNotImplemented, "The sandbox does not emulate the operation "+id+".")
	}
}

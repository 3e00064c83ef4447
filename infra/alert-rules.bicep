// The alerts as two tables: what the service tells of itself, and what Azure tells of what it stands on.
//
// severity 0 is for waking somebody, 1 for the same hour, 2 for the same day, 3 for the week. A query that looks for
// what did not happen summarises without `by`, because only that gives a row where there is nothing. The activity log
// arrives late, up to an hour: its queries look back that far, and at what arrived since they were last asked.

@export()
var ofService = [
  {
    name: 'function-failing'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    about: 'A function failed three times in a quarter of an hour.'
    query: '''
requests
| where success == false and resultCode !startswith '4'
| summarize failed = sum(itemCount) by operation_Name
| where failed >= 3
'''
  }
  {
    name: 'fault'
    severity: 2
    every: 'PT15M'
    over: 'PT1H'
    about: 'A door or trigger met ten faults of ours in an hour.'
    query: '''
customMetrics
| where name == 'fault'
| summarize faults = sum(valueSum) by verb = tostring(customDimensions.verb)
| where faults >= 10
'''
  }
  {
    name: 'weed-failed'
    severity: 1
    every: 'PT15M'
    over: 'PT1H'
    about: 'A run of weeding failed, or could not weed a clip that was due.'
    query: '''
union
  (requests | where operation_Name == 'weed' and success == false | project timestamp, clips = 0.0),
  (customMetrics | where name == 'weed.failed' and valueSum > 0 | project timestamp, clips = valueSum)
'''
  }
  {
    name: 'weed-missing'
    severity: 1
    every: 'PT1H'
    over: 'PT6H'
    about: 'Weeding, which is hourly, has not ended well for three hours.'
    query: '''
requests
| where timestamp > ago(3h)
| where operation_Name == 'weed' and success == true
| summarize runs = count()
| where runs == 0
'''
  }
  {
    name: 'weed-late'
    severity: 1
    every: 'PT15M'
    over: 'PT1H'
    about: 'The clip longest overdue has waited six hours: weeding does not keep up.'
    query: '''
customMetrics
| where name == 'weed.overdue'
| summarize longest = max(valueMax)
| where longest > 21600
'''
  }
  {
    name: 'nothing-weeded'
    severity: 1
    every: 'PT1H'
    over: 'P1D'
    looksBack: 'P2D'
    about: 'No clip was weeded in 26 hours: footage may be kept longer than the force has published.'
    // alerts.bicep puts the day of the first recording in: no query looks back 31 days.
    query: '''
customMetrics
| where timestamp > ago(26h) and name == 'weed.weeded'
| summarize weeded = coalesce(sum(valueSum), 0.0)
| where weeded < 1 and now() > datetime(FOOTAGE_SINCE) + 33d
'''
  }
  {
    name: 'seal-late'
    severity: 1
    every: 'PT15M'
    over: 'PT30M'
    about: 'An entry has waited ten minutes to become part of the ledger, or no run of sealing ended well.'
    query: '''
customMetrics
| where name == 'seal.oldest-pending'
| summarize longest = max(valueMax)
| where isnull(longest) or longest > 600
'''
  }
  {
    name: 'witness-silent'
    severity: 2
    every: 'PT15M'
    over: 'PT1H'
    about: 'A witness that the force listed has cosigned nothing of the ledger for six hours.'
    query: '''
customMetrics
| where name == 'cosign.silent'
| summarize longest = max(valueMax)
| where longest > 21600
'''
  }
  {
    name: 'cosigned-elsewhere'
    severity: 0
    every: 'PT5M'
    over: 'PT15M'
    about: 'A witness has cosigned a checkpoint of the ledger that was not published here: there is another history.'
    query: '''
customMetrics
| where name == 'cosign.elsewhere'
| summarize checkpoints = sum(valueSum)
| where checkpoints > 0
'''
  }
  {
    name: 'entry-unaccounted'
    severity: 0
    every: 'PT5M'
    over: 'PT15M'
    about: 'The record store no longer has an entry of which the ledger has the line, or has another in its place.'
    query: '''
customMetrics
| where name == 'ledger.unaccounted'
| summarize entries = sum(valueSum)
| where entries > 0
'''
  }
  {
    name: 'ingest-late'
    severity: 2
    every: 'PT15M'
    over: 'PT1H'
    about: 'A recording was in the index only a quarter of an hour after its upload: events are late.'
    query: '''
customMetrics
| where name == 'ingest.after-upload' and valueMax > 900
| summarize slowest = max(valueMax)
| where slowest > 900
'''
  }
  {
    name: 'receipts-waiting'
    severity: 1
    every: 'PT15M'
    over: 'PT1H'
    about: 'Docks wait an hour or more for receipts, and cameras fill: hashing does not keep up.'
    query: '''
customMetrics
| where (name == 'fixity.after-upload' and valueMax > 3600) or (name == 'reconcile.hash-overdue' and valueSum > 0)
| summarize slowest = max(valueMax) by name
'''
  }
  {
    name: 'fixity-poison'
    severity: 1
    every: 'PT15M'
    over: 'PT1H'
    about: 'A recording could not be hashed in five attempts, or a message in the queue was not ours.'
    query: '''
customMetrics
| where name in ('fixity.poisoned', 'fixity.malformed')
| summarize messages = sum(valueSum) by name
| where messages > 0
'''
  }
  {
    name: 'mismatch'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    about: 'The bytes that arrived are not those the dock meant to write. The dock keeps the recording.'
    query: '''
customMetrics
| where name == 'fixity.mismatch'
| summarize recordings = sum(valueSum)
| where recordings > 0
'''
  }
  {
    name: 'footage-missing'
    severity: 0
    every: 'PT15M'
    over: 'PT1H'
    about: 'Footage that nobody weeded is not in the store.'
    query: '''
customMetrics
| where name in ('fixity.missing', 'reconcile.missing')
| summarize clips = sum(valueSum) by name
| where clips > 0
'''
  }
  {
    name: 'footage-overwritten'
    severity: 0
    every: 'PT15M'
    over: 'PT1H'
    about: 'Another content was written where a recording lies, or beside it, or where a weeded one lay.'
    query: '''
customMetrics
| where name in ('ingest.overwritten', 'reconcile.overwritten', 'reconcile.metadata-changed', 'reconcile.resurfaced')
| summarize clips = sum(valueSum) by name
| where clips > 0
'''
  }
  {
    name: 'quarantine-spike'
    severity: 2
    every: 'PT15M'
    over: 'PT1H'
    about: 'More than twenty recordings in an hour, and more than one in ten, went into quarantine.'
    query: '''
customMetrics
| where name in ('ingest.quarantined', 'ingest.taken-in')
| summarize quarantined = sumif(valueSum, name == 'ingest.quarantined'), all = sum(valueSum)
| where quarantined > 20 and quarantined > 0.1 * all
'''
  }
  {
    name: 'refusals-flood'
    severity: 2
    every: 'PT5M'
    over: 'PT15M'
    about: 'Five hundred requests were refused for one reason in a quarter of an hour: an attack, or a client gone wrong.'
    query: '''
customMetrics
| where name == 'refused'
| summarize refused = sum(valueSum) by code = tostring(customDimensions.code)
| where refused >= 500
'''
  }
  {
    name: 'events-lost'
    severity: 1
    every: 'PT1H'
    over: 'PT6H'
    about: 'Reconciling found recordings whose event never came, and took them in.'
    query: '''
customMetrics
| where name == 'reconcile.not-indexed'
| summarize recordings = sum(valueSum)
| where recordings > 0
'''
  }
  {
    name: 'reconcile-findings'
    severity: 2
    every: 'PT1H'
    over: 'PT6H'
    about: 'Reconciling found clips in archive or under a lease, weedings not ended, counts that differ, or failed.'
    query: '''
customMetrics
| where name in ('reconcile.archived', 'reconcile.leased', 'reconcile.condemned-overdue', 'reconcile.counts-differ', 'reconcile.failed')
| summarize found = sum(valueSum) by name
| where found > 0
'''
  }
  {
    name: 'reconcile-missing'
    severity: 2
    every: 'PT1H'
    over: 'P1D'
    looksBack: 'P2D'
    about: 'Reconciling, which is nightly, has not ended well for 26 hours.'
    query: '''
requests
| where timestamp > ago(26h)
| where operation_Name == 'reconcile' and success == true
| summarize runs = count()
| where runs == 0
'''
  }
]

@export()
var ofPlatform = [
  {
    name: 'dead-letters'
    severity: 1
    every: 'PT15M'
    over: 'PT1H'
    about: 'Event Grid gave up delivering events: they lie in the container deadletters, or are lost.'
    query: '''
AzureMetrics
| where ResourceProvider =~ 'MICROSOFT.EVENTGRID'
| where MetricName in ('DeadLetteredCount', 'DroppedEventCount') and Total > 0
| summarize events = sum(Total) by MetricName
'''
  }
  {
    name: 'records-throttled'
    severity: 2
    every: 'PT5M'
    over: 'PT15M'
    about: 'Cosmos DB turned away more than a hundred requests in a quarter of an hour for want of request units.'
    query: '''
CDBDataPlaneRequests
| where StatusCode == 429
| summarize turnedAway = count()
| where turnedAway > 100
'''
  }
  {
    name: 'records-failing'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    about: 'Cosmos DB answered more than ten requests in a quarter of an hour with a failure of its own.'
    query: '''
CDBDataPlaneRequests
| where StatusCode >= 500
| summarize failed = count()
| where failed > 10
'''
  }
  {
    name: 'storage-failing'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    about: 'A storage account answered less than 99 requests in a hundred.'
    query: '''
AzureMetrics
| where ResourceProvider =~ 'MICROSOFT.STORAGE' and MetricName == 'Availability'
| summarize availability = avg(Average) by _ResourceId
| where availability < 99
'''
  }
  {
    name: 'vault-failing'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    about: 'The vault fails or refuses: without its keys no receipt can be signed.'
    query: '''
union isfuzzy=true
  (AzureMetrics
  | where ResourceProvider =~ 'MICROSOFT.KEYVAULT' and MetricName == 'Availability'
  | summarize availability = avg(Average)
  | where availability < 99
  | project what = 'availability'),
  (AzureDiagnostics
  | where ResourceProvider =~ 'MICROSOFT.KEYVAULT' and httpStatusCode_d in (403, 500, 503)
  | summarize refused = count()
  | where refused > 10
  | project what = 'refusals')
'''
  }
  {
    name: 'outside-uk-south'
    severity: 0
    every: 'PT15M'
    over: 'PT1H'
    about: 'Azure Policy met something outside UK South, or storage that copies itself elsewhere.'
    query: '''
AzureActivity
| where ingestion_time() > ago(20m)
| where CategoryValue == 'Policy'
| where OperationNameValue endswith 'policies/deny/action' or OperationNameValue endswith 'policies/audit/action'
| where tostring(Properties) has_any ('continuity-locations', 'continuity-cosmos-locations', 'continuity-storage-skus')
| summarize times = count() by Caller, ResourceGroup, OperationNameValue
'''
  }
  {
    name: 'guard-removed'
    severity: 0
    every: 'PT5M'
    over: 'PT1H'
    about: 'A role was given, or keys were asked for, or a store, lock, policy, log, alert or app setting was changed.'
    query: '''
AzureActivity
| where ingestion_time() > ago(10m)
| where CategoryValue == 'Administrative' and ActivityStatusValue in ('Success', 'Succeeded')
| where OperationNameValue in~ (
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.Authorization/roleDefinitions/write',
    'Microsoft.Authorization/locks/delete',
    'Microsoft.Authorization/policyAssignments/write',
    'Microsoft.Authorization/policyAssignments/delete',
    'Microsoft.Authorization/policyExemptions/write',
    'Microsoft.Insights/diagnosticSettings/write',
    'Microsoft.Insights/diagnosticSettings/delete',
    'Microsoft.Insights/scheduledQueryRules/write',
    'Microsoft.Insights/scheduledQueryRules/delete',
    'Microsoft.Insights/actionGroups/write',
    'Microsoft.Insights/actionGroups/delete',
    'Microsoft.DocumentDB/databaseAccounts/write',
    'Microsoft.DocumentDB/databaseAccounts/listKeys/action',
    'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write',
    'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/write',
    'Microsoft.KeyVault/vaults/write',
    'Microsoft.Web/sites/config/write',
    'Microsoft.Storage/storageAccounts/write',
    'Microsoft.Storage/storageAccounts/listKeys/action',
    'Microsoft.Storage/storageAccounts/blobServices/write',
    'Microsoft.Storage/storageAccounts/managementPolicies/write',
    'Microsoft.Storage/storageAccounts/managementPolicies/delete',
    'Microsoft.Storage/storageAccounts/blobServices/containers/clearLegalHold/action',
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/write',
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete'
  )
| summarize times = count() by Caller, OperationNameValue
'''
  }
]

// Who read, wrote and deleted what, beneath the service: the storage's, the database's and the vault's own logs.
//
// These are for operators and as a second witness; the trail for courts is the service's own. They name paths,
// addresses and identities, and stay in the workspace, in UK South. Signatures of links are blanked by the storage.
// A force's day is some three million lines of the footage account, one for each block written and each range read.

@description('Name of the footage account.')
param footageAccountName string

@description('Name of the ledger account.')
param ledgerAccountName string

@description('Name of core\'s account with queues and dead letters.')
param runtimeAccountName string

@description('Name of weeder\'s account.')
param weederRuntimeAccountName string

@description('Name of the Cosmos account.')
param cosmosAccountName string

@description('Name of the vault.')
param vaultName string

@description('Name of the footage account\'s system topic.')
param systemTopicName string

@description('Name of the topic of what was indexed.')
param topicName string

@description('Names of the function apps.')
param appNames array

@description('The workspace they go to.')
param workspaceId string

var setting = 'to-workspace'
var everyUse = [
  { category: 'StorageRead', enabled: true }
  { category: 'StorageWrite', enabled: true }
  { category: 'StorageDelete', enabled: true }
]
var transactions = [{ category: 'Transaction', enabled: true }]

resource footage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: footageAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource ledger 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: ledgerAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource runtime 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: runtimeAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }

  resource queues 'queueServices' existing = {
    name: 'default'
  }
}

resource weederRuntime 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: weederRuntimeAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }

  resource queues 'queueServices' existing = {
    name: 'default'
  }
}

resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' existing = {
  name: cosmosAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource landed 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: systemTopicName
}

resource indexed 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource sites 'Microsoft.Web/sites@2025-03-01' existing = [for name in appNames: { name: name }]

resource ofFootage 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: footage::blobs
  name: setting
  properties: {
    workspaceId: workspaceId
    logs: everyUse
    metrics: transactions
  }
}

resource ofLedger 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: ledger::blobs
  name: setting
  properties: {
    workspaceId: workspaceId
    logs: everyUse
    metrics: transactions
  }
}

// Writes and deletes only: the triggers look into the queues every two seconds.
resource ofQueues 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: runtime::queues
  name: setting
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
    metrics: transactions
  }
}

// Of what the hosts run on, numbers alone: `storage-failing` asks them whether it answers.
resource ofRuntime 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: runtime::blobs
  name: setting
  properties: {
    workspaceId: workspaceId
    metrics: transactions
  }
}

resource ofWeederRuntime 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: weederRuntime::blobs
  name: setting
  properties: {
    workspaceId: workspaceId
    metrics: transactions
  }
}

resource ofWeederQueues 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: weederRuntime::queues
  name: setting
  properties: {
    workspaceId: workspaceId
    metrics: transactions
  }
}

resource ofRecords 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cosmos
  name: setting
  properties: {
    workspaceId: workspaceId
    // In tables of their own, which the alerts read. Query texts are not logged: they would carry who was looked for.
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'DataPlaneRequests', enabled: true }
      { category: 'ControlPlaneRequests', enabled: true }
    ]
  }
}

resource ofKeys 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: setting
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource ofLanded 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: landed
  name: setting
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource ofIndexed 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: indexed
  name: setting
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'PublishFailures', enabled: true }
      { category: 'DeliveryFailures', enabled: true }
    ]
  }
}

resource ofSites 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (name, index) in appNames: {
    scope: sites[index]
    name: setting
    properties: {
      workspaceId: workspaceId
      logs: [{ category: 'FunctionAppLogs', enabled: true }]
    }
  }
]

// Who may do what: every role assignment and every role of our own, on this one page. docs/roles.md is its table.
//
// Only `weeder` may delete footage. Only `core` may place or lift a legal hold. Nobody may change or delete in the
// ledger. Nobody may cut the soft delete short. Docks have no role: they write by links that `core` signs.
// A link can do what it says and what `core` may do, whichever is less: so `core` must be able to write footage itself.

@description('Name of the environment, for whoever reads a list of roles.')
param environmentName string

@description('Ends the names of our roles, which a directory has only once: for all of its subscriptions.')
param token string

@description('Principal of the identity core runs as.')
param corePrincipalId string

@description('Principal of the identity weeder runs as.')
param weederPrincipalId string

@description('Principal of Event Grid\'s identity.')
param eventsPrincipalId string

@description('Principal of whoever deploys, and makes the signing keys; empty: nobody.')
param deployerPrincipalId string

@description('What that is.')
param deployerPrincipalType 'User' | 'Group' | 'ServicePrincipal'

@description('Group of operators, who put back dead letters and poison messages; empty: nobody.')
param operatorsGroupId string

@description('Names of what roles are on: footage, ledger, runtime, weederRuntime, cosmos, vault, topic, insights.')
param names object

var layout = loadJsonContent('cosmos.json')

// Built-in roles, by the ids Microsoft gave them.
var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var blobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var queueMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
var eventsSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

// ---- What roles are on ----

resource footage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.footage

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource recordings 'containers' existing = {
      name: 'footage'
    }

    resource posters 'containers' existing = {
      name: 'posters'
    }

    resource renditions 'containers' existing = {
      name: 'renditions'
    }
  }
}

resource ledger 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.ledger

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource tiles 'containers' existing = {
      name: 'ledger'
    }
  }
}

resource runtime 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.runtime

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadletters 'containers' existing = {
      name: 'deadletters'
    }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource fixity 'queues' existing = {
      name: 'fixity'
    }

    resource poison 'queues' existing = {
      name: 'fixity-poison'
    }
  }
}

resource weederRuntime 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.weederRuntime
}

resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' existing = {
  name: names.cosmos
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: names.vault
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: names.topic
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.insights
}

// ---- Roles of our own, where Microsoft's are too wide ----

// Read, create, write, hold. Nothing that deletes.
resource footageKeeper 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'footage keeper')
  properties: {
    roleName: 'Continuity footage keeper (${environmentName} ${token})'
    description: 'Reads and writes footage, and places and lifts legal holds. Deletes nothing.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/immutableStorage/runAsSuperUser/action'
        ]
        notDataActions: []
      }
    ]
  }
}

resource posterKeeper 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'poster keeper')
  properties: {
    roleName: 'Continuity poster keeper (${environmentName} ${token})'
    description: 'Reads and writes what was made of footage. Deletes nothing, holds nothing.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
        ]
        notDataActions: []
      }
    ]
  }
}

// Read and delete, versions too. No write, no hold; and no permanentDelete, which would cut the seven days short.
resource footageDisposer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'footage disposer')
  properties: {
    roleName: 'Continuity footage disposer (${environmentName} ${token})'
    description: 'Reads and deletes footage. Writes nothing, and lifts no hold.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/deleteBlobVersion/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// `add` without `write` creates a blob where there is none, and never writes over one.
resource ledgerWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'ledger writer')
  properties: {
    roleName: 'Continuity ledger writer (${environmentName} ${token})'
    description: 'Reads the ledger and adds to it. Changes and deletes nothing.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// Microsoft's processor cannot lengthen a message's time out of sight, as the trigger does while it works; its
// contributor can also delete the queue.
resource queueWorker 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'queue worker')
  properties: {
    roleName: 'Continuity queue worker (${environmentName} ${token})'
    description: 'Puts, takes, postpones and removes messages of a queue that is there.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['Microsoft.Storage/storageAccounts/queueServices/queues/read']
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/read'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/write'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/delete'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/process/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// A role of Cosmos DB is on a container and cannot tell an entry from a clip. So what no role has is deleting, except
// weeder's, who takes a clip's notes with it; that entries are never replaced but to be sealed is the service's rule.
// An account takes one change of its roles at a time (412 otherwise): each waits for the one before, down to weeder's.
resource recordsKeeper 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: cosmos
  name: guid(cosmos.id, 'records keeper')
  properties: {
    roleName: 'Continuity records keeper'
    type: 'CustomRole'
    assignableScopes: [cosmos.id]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/readMetadata'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace'
        ]
      }
    ]
  }
}

resource recordsDisposer 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: cosmos
  name: guid(cosmos.id, 'records disposer')
  properties: {
    roleName: 'Continuity records disposer'
    type: 'CustomRole'
    assignableScopes: [cosmos.id]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/readMetadata'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/delete'
        ]
      }
    ]
  }
  dependsOn: [recordsKeeper]
}

// ---- core ----

resource coreKeepsFootage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: footage::blobs::recordings
  name: guid(footage::blobs::recordings.id, corePrincipalId, footageKeeper.id)
  properties: {
    roleDefinitionId: footageKeeper.id
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreKeepsPosters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: footage::blobs::posters
  name: guid(footage::blobs::posters.id, corePrincipalId, posterKeeper.id)
  properties: {
    roleDefinitionId: posterKeeper.id
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The key that links are signed with is the account's: it cannot be had for a container.
resource coreSignsLinks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: footage
  name: guid(footage.id, corePrincipalId, blobDelegator)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDelegator)
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreWritesLedger 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: ledger::blobs::tiles
  name: guid(ledger::blobs::tiles.id, corePrincipalId, ledgerWriter.id)
  properties: {
    roleDefinitionId: ledgerWriter.id
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreAsksForHashes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: runtime::queues::fixity
  name: guid(runtime::queues::fixity.id, corePrincipalId, queueWorker.id)
  properties: {
    roleDefinitionId: queueWorker.id
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreReadsPoison 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: runtime::queues::poison
  name: guid(runtime::queues::poison.id, corePrincipalId, queueWorker.id)
  properties: {
    roleDefinitionId: queueWorker.id
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The host makes containers of its own for leases and keys. It reads the dead letters by this too.
resource coreRunsHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: runtime
  name: guid(runtime.id, corePrincipalId, blobDataOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreTellsHostTrouble 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: runtime
  name: guid(runtime.id, corePrincipalId, tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreReadsKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, corePrincipalId, secretsUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreAnnounces 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: topic
  name: guid(topic.id, corePrincipalId, eventsSender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventsSender)
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource coreTells 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, corePrincipalId, metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    principalId: corePrincipalId
    principalType: 'ServicePrincipal'
  }
}

@batchSize(1)
resource coreKeepsRecords 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in layout.containers: {
    parent: cosmos
    name: guid(cosmos.id, corePrincipalId, recordsKeeper.id, container.id)
    properties: {
      roleDefinitionId: recordsKeeper.id
      principalId: corePrincipalId
      scope: '${cosmos.id}/dbs/${layout.database}/colls/${container.id}'
    }
    dependsOn: [recordsDisposer]
  }
]

// ---- weeder ----

resource weederErasesFootage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: footage::blobs::recordings
  name: guid(footage::blobs::recordings.id, weederPrincipalId, footageDisposer.id)
  properties: {
    roleDefinitionId: footageDisposer.id
    principalId: weederPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource weederErasesPosters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: footage::blobs::posters
  name: guid(footage::blobs::posters.id, weederPrincipalId, footageDisposer.id)
  properties: {
    roleDefinitionId: footageDisposer.id
    principalId: weederPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource weederErasesRenditions 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: footage::blobs::renditions
  name: guid(footage::blobs::renditions.id, weederPrincipalId, footageDisposer.id)
  properties: {
    roleDefinitionId: footageDisposer.id
    principalId: weederPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource weederRunsHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: weederRuntime
  name: guid(weederRuntime.id, weederPrincipalId, blobDataOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
    principalId: weederPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource weederTellsHostTrouble 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: weederRuntime
  name: guid(weederRuntime.id, weederPrincipalId, tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
    principalId: weederPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource weederTells 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, weederPrincipalId, metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    principalId: weederPrincipalId
    principalType: 'ServicePrincipal'
  }
}

@batchSize(1)
resource weederErasesRecords 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in layout.containers: {
    parent: cosmos
    name: guid(cosmos.id, weederPrincipalId, recordsDisposer.id, container.id)
    properties: {
      roleDefinitionId: recordsDisposer.id
      principalId: weederPrincipalId
      scope: '${cosmos.id}/dbs/${layout.database}/colls/${container.id}'
    }
    dependsOn: [coreKeepsRecords]
  }
]

// ---- Event Grid ----

resource eventsLeaveLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: runtime::blobs::deadletters
  name: guid(runtime::blobs::deadletters.id, eventsPrincipalId, blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    principalId: eventsPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// ---- People ----

resource deployerMakesKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: vault
  name: guid(vault.id, deployerPrincipalId, secretsOfficer)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
  }
}

resource operatorsPutBackLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorsGroupId)) {
  scope: runtime::blobs::deadletters
  name: guid(runtime::blobs::deadletters.id, operatorsGroupId, blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    principalId: operatorsGroupId
    principalType: 'Group'
  }
}

resource operatorsAskAgain 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorsGroupId)) {
  scope: runtime::queues::fixity
  name: guid(runtime::queues::fixity.id, operatorsGroupId, queueMessageSender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueMessageSender)
    principalId: operatorsGroupId
    principalType: 'Group'
  }
}

// Continuity in one resource group, in UK South. The first file to open: what there is, in the order it is made.
//
// The region is said once, below, and handed on; nothing here asks where the group or the deployment is. No key, no
// password and no connection string is made: everything is done by the identities and roles of roles.bicep.

targetScope = 'subscription'

@description('Name of this environment, such as trial or live. Ends the names of everything.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('The only region there is for this data.')
@allowed(['uksouth'])
@metadata({ azd: { type: 'location' } })
param location string

// ---- What the force decides ----

@description('Names the ledger and its keys, such as continuity.example.police.uk/ledger. Set once, never changed.')
@minLength(5)
param logOrigin string

@description('Verifier keys of the witnesses whose cosignatures of the ledger are kept, comma-separated, 15 at most.')
param witnessKeys string = ''

@description('on: anybody the network rules let in may read the ledger. off: its checkpoint and tiles are for auditors.')
param ledgerOpen 'on' | 'off' = 'on'

@description('Where callers reach the service, such as https://continuity.example.police.uk. Empty: the name Azure gives.')
param publicBaseUrl string = ''

@description('The force\'s public IPv4 ranges, comma-separated, no spaces, none smaller than /30 but single addresses.')
param forceRanges string = ''

@description('Ranges from which code is deployed, keys are made and letters put back, likewise. Empty: code from anywhere.')
param deployerRanges string = ''

@description('Client id of the app registration (app-roles.json). Empty: the app alone judges tokens, nothing in front.')
param authenticationClientId string = ''

@description('For whom access tokens are made out, comma-separated. Empty: the client id, which is what v2.0 tokens say.')
param tokenAudiences string = ''

@description('Whose access tokens are taken, comma-separated. Empty: this directory\'s, v2.0 and, for Power BI, v1.0.')
param tokenIssuers string = ''

@description('Where the issuer\'s signing keys are. Empty: this directory\'s.')
param tokenKeysUrl string = ''

@description('The claim that carries the officer\'s id.')
param claimOfficer string = 'employeeid'

@description('The claim that carries the borough.')
param claimBorough string = 'borough'

@description('After how many idle minutes a session ends, 1 to 120.')
@minValue(1)
@maxValue(120)
param sessionIdleMinutes int = 15

@description('on: a playback link works from the caller\'s address only. off: from any the network rules let in.')
param sasAddressBinding 'on' | 'off' = 'off'

// ---- How much of it ----

@description('Stores are reached from a virtual network only. Off is for a trial: identity alone then guards them.')
param privateNetworking bool = true

@description('IPv4 space of that network, at least a /23.')
param addressSpace string = '10.40.0.0/23'

@description('Apps and records are spread over the zones of the region. Storage always is.')
param zoneRedundant bool = true

@description('serverless: paid by the request, for a trial. autoscale: for a force.')
@allowed(['autoscale', 'serverless'])
param cosmosCapacity string = 'autoscale'

@description('Most request units a second of the records, with autoscale.')
@minValue(1000)
param cosmosMaxThroughput int = 10000

@description('Most instances of core, 40 to 1000. Each hashes two recordings at a time.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@description('How many instances of core are always ready for callers, and as many for new footage. 0 for a trial.')
@minValue(0)
param alwaysReadyInstances int = 1

@description('For how long logs are kept, in days.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 365

@description('For how long nothing in the ledger can be changed or deleted, in days. 36500 is a life.')
@minValue(1)
@maxValue(146000)
param ledgerRetentionDays int = 36500

@description('Whether that policy has been locked by hand (ledger.bicep). Azure refuses to write it again then.')
param ledgerLocked bool = false

// ---- Who watches it ----

@description('Alerts are raised.')
param alerts bool = true

@description('Mail addresses that are told, comma-separated.')
param alertRecipients string = ''

@description('Day of the first recording, yyyy-MM-dd: nothing can be weeded for 31 days after it. Empty: long ago.')
@maxLength(10)
param footageSince string = ''

@description('Address of the runbook in the force\'s own copy of this repository.')
param runbookUrl string = 'docs/runbook.md'

@description('What a month may cost, in the currency of the subscription. 0: no budget.')
@minValue(0)
param monthlyBudget int = 1000

@description('First day of the month the budget began in (yyyy-MM-01). Azure refuses a later change: set it once.')
param budgetStart string = ''

@description('Not to be given: this month, for a budget that has no start yet.')
param thisMonth string = utcNow('yyyy-MM-01')

@description('Locks on the stores, and Azure Policy for the region. Takes the right to write both.')
param guards bool = true

// ---- Who deploys it, and when ----

@description('Whoever deploys: may then make the signing keys. Empty: nobody.')
param principalId string = ''

@description('What that is.')
param principalType 'User' | 'Group' | 'ServicePrincipal' = 'User'

@description('Group of operators, who put back dead letters and poison messages. Empty: nobody.')
param operatorsGroupId string = ''

@description('Whether the code is there. Only then can Event Grid be told of the function.')
param functionsDeployed bool = false

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
  application: 'continuity'
}
var names = {
  footage: 'stfootage${token}'
  ledger: 'stledger${token}'
  runtime: 'struntime${token}'
  weederRuntime: 'stweeder${token}'
  cosmos: 'cosmos-${token}'
  vault: 'kv-${token}'
}
var ranges = {
  force: empty(forceRanges) ? [] : split(forceRanges, ',')
  deployer: empty(deployerRanges) ? [] : split(deployerRanges, ',')
}
var audiences = empty(tokenAudiences) ? authenticationClientId : tokenAudiences
var recipients = empty(alertRecipients) ? [] : split(alertRecipients, ',')
var directory = '${environment().authentication.loginEndpoint}${tenant().tenantId}'

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-continuity-${environmentName}'
  location: location
  tags: tags
}

module identities 'identities.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
  }
}

module monitor 'monitor.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    retentionDays: logRetentionDays
  }
}

module footage 'footage.bicep' = {
  scope: group
  params: {
    location: location
    name: names.footage
    tags: tags
    privateNetworking: privateNetworking
    allowedRanges: ranges.force
  }
}

module ledger 'ledger.bicep' = {
  scope: group
  params: {
    location: location
    name: names.ledger
    tags: tags
    privateNetworking: privateNetworking
    retentionDays: ledgerRetentionDays
    locked: ledgerLocked
  }
}

module runtime 'runtime.bicep' = {
  scope: group
  params: {
    location: location
    name: names.runtime
    tags: tags
    privateNetworking: privateNetworking
    allowedRanges: ranges.deployer
    containers: ['packages', 'deadletters']
    queues: ['fixity', 'fixity-poison']
  }
}

module weederRuntime 'runtime.bicep' = {
  scope: group
  params: {
    location: location
    name: names.weederRuntime
    tags: tags
    privateNetworking: privateNetworking
    allowedRanges: []
    containers: ['packages']
    queues: []
  }
}

module cosmos 'cosmos.bicep' = {
  scope: group
  params: {
    location: location
    name: names.cosmos
    tags: tags
    privateNetworking: privateNetworking
    capacity: cosmosCapacity
    maxThroughput: cosmosMaxThroughput
    zoneRedundant: zoneRedundant
  }
}

module vault 'vault.bicep' = {
  scope: group
  params: {
    location: location
    name: names.vault
    tags: tags
    privateNetworking: privateNetworking
    allowedRanges: ranges.deployer
  }
}

module events 'events.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    footageId: footage.outputs.id
    identityName: identities.outputs.eventsName
  }
}

module network 'network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    addressSpace: addressSpace
  }
}

module endpoints 'endpoints.bicep' = if (privateNetworking) {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointsSubnetId
    targets: [
      { name: 'footage-blob', resource: footage.outputs.id, service: 'blob' }
      { name: 'ledger-blob', resource: ledger.outputs.id, service: 'blob' }
      { name: 'runtime-blob', resource: runtime.outputs.id, service: 'blob' }
      { name: 'runtime-queue', resource: runtime.outputs.id, service: 'queue' }
      { name: 'runtime-table', resource: runtime.outputs.id, service: 'table' }
      { name: 'weeder-blob', resource: weederRuntime.outputs.id, service: 'blob' }
      { name: 'weeder-queue', resource: weederRuntime.outputs.id, service: 'queue' }
      { name: 'weeder-table', resource: weederRuntime.outputs.id, service: 'table' }
      { name: 'records', resource: cosmos.outputs.id, service: 'Sql' }
      { name: 'vault', resource: vault.outputs.id, service: 'vault' }
    ]
  }
}

module roles 'roles.bicep' = {
  scope: group
  params: {
    environmentName: environmentName
    token: token
    corePrincipalId: identities.outputs.corePrincipalId
    weederPrincipalId: identities.outputs.weederPrincipalId
    eventsPrincipalId: identities.outputs.eventsPrincipalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
    operatorsGroupId: operatorsGroupId
    names: union(names, { topic: events.outputs.topicName, insights: monitor.outputs.insightsName })
  }
  // What roles are on must be there; the names alone do not say so. A private endpoint of the records takes the same
  // lock of their account as a role on it.
  dependsOn: [footage, ledger, runtime, weederRuntime, cosmos, vault, endpoints]
}

module functions 'functions.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    identities: { core: identities.outputs.coreName, weeder: identities.outputs.weederName }
    runtimeAccounts: { core: names.runtime, weeder: names.weederRuntime }
    subnetId: privateNetworking ? network!.outputs.appsSubnetId : ''
    zoneRedundant: zoneRedundant
    maximumInstances: maximumInstances
    alwaysReadyInstances: alwaysReadyInstances
    forceRanges: ranges.force
    deployerRanges: ranges.deployer
    publicBaseUrl: publicBaseUrl
    queueUrl: runtime.outputs.queueUrl
    settings: {
      FOOTAGE_ACCOUNT_URL: footage.outputs.url
      LEDGER_ACCOUNT_URL: ledger.outputs.url
      QUEUE_ACCOUNT_URL: runtime.outputs.queueUrl
      DEAD_LETTER_URL: '${runtime.outputs.blobUrl}deadletters'
      COSMOS_ENDPOINT: cosmos.outputs.endpoint
      KEY_VAULT_URL: vault.outputs.url
      EVENTS_TOPIC_URL: events.outputs.topicUrl
      LOG_ORIGIN: logOrigin
      WITNESS_KEYS: witnessKeys
      LEDGER_OPEN: ledgerOpen
      TOKEN_ISSUERS: empty(tokenIssuers)
        ? '${directory}/v2.0,https://sts.windows.net/${tenant().tenantId}/'
        : tokenIssuers
      TOKEN_AUDIENCES: audiences
      TOKEN_JWKS_URL: empty(tokenKeysUrl) ? '${directory}/discovery/v2.0/keys' : tokenKeysUrl
      CLAIM_OFFICER: claimOfficer
      CLAIM_BOROUGH: claimBorough
      SESSION_IDLE_MINUTES: string(sessionIdleMinutes)
      SAS_ADDRESS_BINDING: sasAddressBinding
      TELEMETRY: 'on'
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitor.outputs.connectionString
    }
  }
  // The host opens its storage when the app is made, and is refused for good until it may.
  dependsOn: [roles, endpoints]
}

// What DESIGN section 7 leaves to the app, with all that is below. Of weeder only its health is for anybody.
module coreFront 'authentication.bicep' = if (!empty(authenticationClientId)) {
  scope: group
  params: {
    appName: functions.outputs.coreName
    clientId: authenticationClientId
    issuer: '${directory}/v2.0'
    audiences: split(audiences, ',')
    excludedPaths: [
      '/runtime/webhooks/EventGrid'
      '/api/health'
      '/api/odata'
      '/api/odata/*'
      '/api/ledger'
      '/api/ledger/*'
      '/api/keys'
    ]
  }
}

module weederFront 'authentication.bicep' = if (!empty(authenticationClientId)) {
  scope: group
  params: {
    appName: functions.outputs.weederName
    clientId: authenticationClientId
    issuer: '${directory}/v2.0'
    audiences: split(audiences, ',')
    excludedPaths: ['/api/health']
  }
}

module subscriptions 'subscription.bicep' = if (functionsDeployed) {
  scope: group
  params: {
    systemTopicName: events.outputs.systemTopicName
    coreAppName: functions.outputs.coreName
    runtimeAccountName: names.runtime
    identityName: identities.outputs.eventsName
  }
  dependsOn: [roles]
}

module diagnostics 'diagnostics.bicep' = {
  scope: group
  params: {
    footageAccountName: names.footage
    ledgerAccountName: names.ledger
    runtimeAccountName: names.runtime
    weederRuntimeAccountName: names.weederRuntime
    cosmosAccountName: names.cosmos
    vaultName: names.vault
    systemTopicName: events.outputs.systemTopicName
    topicName: events.outputs.topicName
    appNames: ['func-core-${token}', 'func-weeder-${token}']
    workspaceId: monitor.outputs.workspaceId
  }
  dependsOn: [footage, ledger, runtime, weederRuntime, cosmos, vault, functions]
}

module activity 'activity.bicep' = {
  params: {
    token: token
    workspaceId: monitor.outputs.workspaceId
  }
}

module watch 'alerts.bicep' = if (alerts) {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    insightsId: monitor.outputs.insightsId
    workspaceId: monitor.outputs.workspaceId
    recipients: recipients
    runbookUrl: runbookUrl
    footageSince: empty(footageSince) ? '2000-01-01' : footageSince
    footageAccountName: names.footage
    ledgerAccountName: names.ledger
    corePrincipalId: identities.outputs.corePrincipalId
    weederPrincipalId: identities.outputs.weederPrincipalId
  }
}

module budget 'budget.bicep' = if (monthlyBudget > 0) {
  scope: group
  params: {
    token: token
    amount: monthlyBudget
    startDate: empty(budgetStart) ? thisMonth : budgetStart
    recipients: recipients
  }
}

module locks 'locks.bicep' = if (guards) {
  scope: group
  params: {
    footageAccountName: names.footage
    ledgerAccountName: names.ledger
    cosmosAccountName: names.cosmos
    vaultName: names.vault
  }
  dependsOn: [footage, ledger, cosmos, vault]
}

module policy 'policy.bicep' = if (guards) {
  scope: group
  params: {
    location: location
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output CORE_APP_NAME string = functions.outputs.coreName
output WEEDER_APP_NAME string = functions.outputs.weederName
output PUBLIC_BASE_URL string = functions.outputs.publicBaseUrl
output LOG_ORIGIN string = logOrigin
output KEY_VAULT_URL string = vault.outputs.url
output KEY_VAULT_NAME string = names.vault
output COSMOS_ENDPOINT string = cosmos.outputs.endpoint
output COSMOS_ACCOUNT_NAME string = names.cosmos
output FOOTAGE_ACCOUNT_NAME string = names.footage
output FOOTAGE_ACCOUNT_URL string = footage.outputs.url
output LEDGER_ACCOUNT_NAME string = names.ledger
output RUNTIME_ACCOUNT_NAME string = names.runtime
output QUEUE_ACCOUNT_URL string = runtime.outputs.queueUrl
output DEAD_LETTER_URL string = '${runtime.outputs.blobUrl}deadletters'
output SYSTEM_TOPIC_NAME string = events.outputs.systemTopicName
output EVENTS_IDENTITY_NAME string = identities.outputs.eventsName
output CORE_IDENTITY_NAME string = identities.outputs.coreName
output WEEDER_IDENTITY_NAME string = identities.outputs.weederName

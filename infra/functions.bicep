// The two function apps: the same package with two identities. `core` is everything but weeding; `weeder` is weeding
// alone, because only its identity may delete footage (roles.bicep).

@description('Where the apps are made.')
param location string

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Tags of every resource.')
param tags object

@description('Names of the identities: core, weeder.')
param identities object

@description('Names of the accounts with host state and package: core, weeder.')
param runtimeAccounts object

@description('Subnet the apps call out from; empty without private networking.')
param subnetId string

@description('Whether instances are spread over the zones of the region.')
param zoneRedundant bool

@description('Most instances of core.')
param maximumInstances int

@description('How many instances of core are always ready for callers and for new footage. Event Grid waits 30 s at most.')
param alwaysReadyInstances int

@description('IPv4 ranges of the force: officers, docks, auditors, operators.')
param forceRanges array

@description('IPv4 ranges from which code is deployed. None: from anywhere, with a role.')
param deployerRanges array

@description('Where callers reach the service; empty: the name Azure gives to core.')
param publicBaseUrl string

@description('Queue endpoint of core\'s account.')
param queueUrl string

@description('Settings that both apps have alike.')
param settings object

resource coreIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identities.core
}

var fromTheForce = [
  for (range, index) in forceRanges: {
    name: 'force-${index}'
    priority: 300 + index
    action: 'Allow'
    ipAddress: contains(range, '/') ? range : '${range}/32'
  }
]
var fromServices = [
  {
    name: 'events'
    description: 'New footage. The address carries a key that Event Grid fetches itself.'
    priority: 100
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureEventGrid'
  }
  {
    name: 'reports'
    description: 'The auditors\' reports read the feed, with an auditor\'s token.'
    priority: 200
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'PowerBI'
  }
]
var fromDeployers = [
  for (range, index) in deployerRanges: {
    name: 'deployer-${index}'
    priority: 100 + index
    action: 'Allow'
    ipAddress: contains(range, '/') ? range : '${range}/32'
  }
]

module core 'app.bicep' = {
  params: {
    location: location
    doors: 'core'
    token: token
    tags: tags
    identityName: identities.core
    runtimeAccountName: runtimeAccounts.core
    packageContainer: 'packages'
    subnetId: subnetId
    zoneRedundant: zoneRedundant
    maximumInstances: maximumInstances
    alwaysReady: alwaysReadyInstances == 0
      ? []
      : [
          { name: 'http', instanceCount: alwaysReadyInstances }
          { name: 'function:ingest', instanceCount: alwaysReadyInstances }
        ]
    callers: concat(fromServices, fromTheForce)
    deployers: fromDeployers
    publicBaseUrl: publicBaseUrl
    settings: settings
    // The connection of the queue triggers (functions/fixity.py); weeder has no queue.
    ownSettings: {
      QUEUES__queueServiceUri: queueUrl
      QUEUES__credential: 'managedidentity'
      QUEUES__clientId: coreIdentity.properties.clientId
    }
  }
}

module weeder 'app.bicep' = {
  params: {
    location: location
    doors: 'weeder'
    token: token
    tags: tags
    identityName: identities.weeder
    runtimeAccountName: runtimeAccounts.weeder
    packageContainer: 'packages'
    subnetId: subnetId
    zoneRedundant: zoneRedundant
    // A timer runs on one instance at a time; 40 is the least the plan takes.
    maximumInstances: 40
    alwaysReady: []
    // Its only doors are those of health.
    callers: fromTheForce
    deployers: fromDeployers
    publicBaseUrl: empty(publicBaseUrl) ? core.outputs.url : publicBaseUrl
    settings: settings
  }
}

output coreName string = core.outputs.name
output weederName string = weeder.outputs.name
output coreUrl string = core.outputs.url
output publicBaseUrl string = empty(publicBaseUrl) ? core.outputs.url : publicBaseUrl

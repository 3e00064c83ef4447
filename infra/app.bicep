// One function app on its own Flex Consumption plan (a plan of this kind takes one app), with its settings.
//
// The settings are those of shared/settings.py and what Functions and the Azure libraries read themselves;
// tests/infra/test_agreement.py holds them together. FUNCTIONS_WORKER_RUNTIME and WEBSITE_TIME_ZONE are absent on
// purpose: the first is refused on this plan, and schedules are UTC.

@description('Where the app is made.')
param location string

@description('Which of the two it is: setting DOORS, and the name azd deploys to.')
param doors string

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Tags of every resource.')
param tags object

@description('Name of the identity the app runs as.')
param identityName string

@description('Name of the account with the host\'s state and the package.')
param runtimeAccountName string

@description('Container of that account from which the package is started.')
param packageContainer string

@description('Subnet the app calls out from; empty without private networking.')
param subnetId string

@description('Whether instances are spread over the zones of the region.')
param zoneRedundant bool

@description('Most instances, 40 to 1000.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@description('Scaling groups that always have an instance ready, as {name, instanceCount}.')
param alwaysReady array

@description('Who may call the app: entries of ipSecurityRestrictions. All others are refused.')
param callers array

@description('Who may deploy: entries of scmIpSecurityRestrictions. None: anyone with a role that may.')
param deployers array

@description('Where callers reach the service; empty: the app\'s own name.')
param publicBaseUrl string

@description('Settings that both apps have alike.')
param settings object

@description('Settings that only this one has.')
param ownSettings object = {}

// For queues two messages at a time and four media children are planned for this much (DESIGN section 9).
var memoryMegabytes = 2048
// Below maxConcurrentRequests of host.json, so that the platform adds an instance before the host turns callers away.
var requestsAtOnce = 16

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource runtime 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: runtimeAccountName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${doors}-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    // Adds two always-ready instances to each scaling group, and bills them.
    zoneRedundant: zoneRedundant
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: 'func-${doors}-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': doors })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    // Event Grid does not deliver to private endpoints, so the front is public, and closed to all but the callers below.
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identity.id
    // No ftpsState: Azure refuses it on this plan (error 51021), which has no FTP; noPasswords below covers the rest.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: 'Deny'
      ipSecurityRestrictions: callers
      scmIpSecurityRestrictionsUseMain: false
      // Deploying takes a role on the site in any case: basic authentication is off.
      scmIpSecurityRestrictionsDefaultAction: empty(deployers) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictions: deployers
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${runtime.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.12'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: memoryMegabytes
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: requestsAtOnce
          }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(settings, ownSettings, {
    DOORS: doors
    PUBLIC_BASE_URL: empty(publicBaseUrl) ? 'https://${site.properties.defaultHostName}' : publicBaseUrl
    // Of several identities the libraries take the one that is named here.
    AZURE_CLIENT_ID: identity.properties.clientId
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
    // Statsbeat would go to a region Microsoft chooses.
    APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
    AzureWebJobsStorage__blobServiceUri: runtime.properties.primaryEndpoints.blob
    AzureWebJobsStorage__queueServiceUri: runtime.properties.primaryEndpoints.queue
    AzureWebJobsStorage__tableServiceUri: runtime.properties.primaryEndpoints.table
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identity.properties.clientId
  })
}

// A password for deploying would be a secret that nobody's name is on.
resource noPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = [
  for way in ['scm', 'ftp']: {
    parent: site
    name: way
    properties: {
      allow: false
    }
  }
]

output name string = site.name
output url string = 'https://${site.properties.defaultHostName}'

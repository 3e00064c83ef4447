// The records: clips, their trails and all else the service knows, in one Cosmos DB account in one region.
//
// Containers and composite indexes are those of cosmos.json, which the local stack and the tests read too. No time to
// live anywhere: no record of evidence may end by itself.

@description('Where the account is made, and the only region it has.')
param location string

@description('Name of the account.')
param name string

@description('Tags of every resource.')
param tags object

@description('Whether the apps reach it by private endpoint; then nobody else reaches it at all.')
param privateNetworking bool

@description('serverless: paid by the request, for a trial. autoscale: for a force.')
@allowed(['serverless', 'autoscale'])
param capacity string

@description('Most request units a second of each container, with autoscale. It never falls below a tenth.')
@minValue(1000)
param maxThroughput int

@description('Whether its copies are spread over the zones of the region.')
param zoneRedundant bool

var layout = loadJsonContent('cosmos.json')

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    // Exactly one. A second would be a replica of every record outside UK South.
    locations: [
      {
        locationName: location
        failoverPriority: 0
        isZoneRedundant: zoneRedundant
      }
    ]
    enableAutomaticFailover: false
    enableMultipleWriteLocations: false
    // A checkpoint of the ledger must never be seen to step back. In one region this costs reads, not distance.
    consistencyPolicy: {
      defaultConsistencyLevel: 'Strong'
    }
    // A clip weeded at day 31 is past recovery at day 38 here too (retention.py: RECOVERABLE_FOR). Continuous backup
    // stays in the account's region.
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: 'Continuous7Days'
      }
    }
    capabilities: capacity == 'serverless' ? [{ name: 'EnableServerless' }] : []
    // No keys at all: identities only, and only those of roles.bicep.
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAclBypass: 'None'
    isVirtualNetworkFilterEnabled: false
    ipRules: []
    enableAnalyticalStorage: false
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = {
  parent: account
  name: layout.database
  properties: {
    resource: {
      id: layout.database
    }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = [
  for container in layout.containers: {
    parent: database
    name: container.id
    properties: {
      resource: {
        id: container.id
        partitionKey: {
          kind: 'Hash'
          version: 2
          paths: [container.partitionKey]
        }
        indexingPolicy: {
          indexingMode: 'consistent'
          automatic: true
          includedPaths: [{ path: '/*' }]
          excludedPaths: [{ path: '/"_etag"/?' }]
          compositeIndexes: container.compositeIndexes
        }
      }
      options: capacity == 'serverless' ? {} : { autoscaleSettings: { maxThroughput: maxThroughput } }
    }
  }
]

output id string = account.id
output endpoint string = account.properties.documentEndpoint

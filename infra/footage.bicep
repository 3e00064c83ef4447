// The footage: recordings as the docks wrote them, and what was made of them.
//
// Versioned, so that a second write to a path cannot destroy the first. Version-level immutability is supported on
// `footage`, and no default policy is set: a default would hold every recording, and weeding could not erase one at
// day 31. Legal holds are placed on versions, one by one, by `core` alone (roles.bicep). Nothing here deletes by age:
// whether a recording may go is decided by the service, entered in the trail, and done by `weeder` alone.

@description('Where the account is made.')
param location string

@description('Name of the account.')
param name string

@description('Tags of every resource.')
param tags object

@description('Whether the apps reach it by private endpoint; then only allowedRanges reach it from outside.')
param privateNetworking bool

@description('IPv4 ranges of the force: docks write to this account, and players read from it, with links of their own.')
param allowedRanges array

import { hardened } from 'hardened.bicep'

// shared/domain/retention.py: KEPT_FOR and RECOVERABLE_FOR. tests/infra holds the two together.
var keptForDays = 31
var recoverableForDays = 7
var seldomSeenAfterDays = 180

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: hardened(privateNetworking, allowedRanges)
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    // Erased at day 31, past recovery at day 38: longer would keep what the force has published as gone.
    deleteRetentionPolicy: {
      enabled: true
      days: recoverableForDays
      // Nobody can cut the seven days short either.
      allowPermanentDelete: false
    }
    // A container deleted by mistake comes back within the same days, and not after them.
    containerDeleteRetentionPolicy: {
      enabled: true
      days: recoverableForDays
    }
    // Point-in-time restore would bring back what was weeded.
    restorePolicy: {
      enabled: false
    }
  }
}

resource footage 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'footage'
  properties: {
    publicAccess: 'None'
    // Can only be set when the container is made, and never be taken back.
    immutableStorageWithVersioning: {
      enabled: true
    }
  }
}

resource derived 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for container in ['posters', 'renditions']: {
    parent: blobs
    name: container
    properties: {
      publicAccess: 'None'
    }
  }
]

resource tiers 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'older-is-evidence'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['footage/']
            }
            // By age alone: what is still there a week after day 31 is evidence, on hold or in quarantine. Both tiers
            // answer at once; archive would not, and has no ZRS. No delete action: see the head of this file.
            actions: {
              baseBlob: {
                tierToCool: {
                  daysAfterCreationGreaterThan: keptForDays + recoverableForDays
                }
                tierToCold: {
                  daysAfterCreationGreaterThan: seldomSeenAfterDays
                }
              }
              version: {
                tierToCool: {
                  daysAfterCreationGreaterThan: keptForDays + recoverableForDays
                }
                tierToCold: {
                  daysAfterCreationGreaterThan: seldomSeenAfterDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

output id string = account.id
output url string = account.properties.primaryEndpoints.blob

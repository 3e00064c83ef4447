// What Azure itself refuses in this group from now on, whoever asks: the same rules as the tests', kept after us.
//
// `Allowed locations` looks at a resource's own location only, and lets through what is global: hence the other two.
// The rule for resource groups would bind the whole subscription, so it is left to its owner.

@description('The only region.')
param location string

// Built-in definitions, by the ids Microsoft gave them.
var allowedLocations = 'e56962a6-4747-49cd-b67b-bf8b01975c4c'
var cosmosLocations = '0473574d-2d43-4217-aefe-941fcdf7e684'
var storageSkus = '7433c107-6db4-4ad1-b57a-a76dce0154a1'

resource inUkSouth 'Microsoft.Authorization/policyAssignments@2025-11-01' = {
  name: 'continuity-locations'
  properties: {
    displayName: 'Continuity: resources in UK South only'
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', allowedLocations)
    enforcementMode: 'Default'
    parameters: {
      listOfAllowedLocations: {
        value: [location]
      }
    }
  }
}

resource recordsInUkSouth 'Microsoft.Authorization/policyAssignments@2025-11-01' = {
  name: 'continuity-cosmos-locations'
  properties: {
    displayName: 'Continuity: no replica of the records outside UK South'
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', cosmosLocations)
    enforcementMode: 'Default'
    parameters: {
      listOfAllowedLocations: {
        value: [location]
      }
    }
  }
}

resource noCopiesElsewhere 'Microsoft.Authorization/policyAssignments@2025-11-01' = {
  name: 'continuity-storage-skus'
  properties: {
    displayName: 'Continuity: no storage that copies itself to another region'
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', storageSkus)
    enforcementMode: 'Default'
    parameters: {
      listOfAllowedSKUs: {
        value: ['Standard_ZRS']
      }
    }
  }
}

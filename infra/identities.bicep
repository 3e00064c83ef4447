// Who acts: one identity for each function app and one for Event Grid. What each may do is in roles.bicep.
//
// User-assigned, so that their roles exist before anything runs as them and outlive a site that is made anew.

@description('Where the identities are made.')
param location string

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Tags of every resource.')
param tags object

resource core 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-core-${token}'
  location: location
  tags: tags
}

resource weeder 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-weeder-${token}'
  location: location
  tags: tags
}

// Event Grid's: it writes dead letters, nothing else.
resource events 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-events-${token}'
  location: location
  tags: tags
}

output coreName string = core.name
output corePrincipalId string = core.properties.principalId
output weederName string = weeder.name
output weederPrincipalId string = weeder.properties.principalId
output eventsName string = events.name
output eventsPrincipalId string = events.properties.principalId
